using System.Globalization;
using System.Numerics;
using System.Text;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>One column as <c>inspect</c> shows it.</summary>
/// <param name="Nulls">Rows without a value.</param>
/// <param name="Examples">The first few different values, as text.</param>
/// <param name="Least">Of numbers and timestamps the smallest value as text, else null.</param>
/// <param name="Greatest">Of numbers and timestamps the largest value as text, else null.</param>
internal sealed record ColumnProfile(ColumnField Field, long Nulls, double NullShare, IReadOnlyList<string> Examples, string? Least, string? Greatest);

/// <summary>What a Parquet file holds, found by reading all of it, and how its columns could be mapped.</summary>
internal sealed record FileInspection(ParquetFileInfo File, string Sha256, IReadOnlyList<ColumnProfile> Columns, SuggestedMapping Mapping)
{
    private const int MaxExamples = 3;

    /// <exception cref="Errors.ParquetFileException">The file is missing or malformed.</exception>
    public static FileInspection Of(IParquetReader reader, string file, CancellationToken cancellation = default)
    {
        var info = reader.Inspect(file);
        ColumnField[] fields = [.. info.Columns, .. info.ByName];
        var profilers = fields.Select(c => new Profiler(c)).ToArray();
        string[] names = [.. fields.Select(c => c.Name)];
        long rows = 0;
        foreach (var batch in reader.Read(file, names, names.ToHashSet(StringComparer.Ordinal), cancellation))
        {
            for (int i = 0; i < profilers.Length; i++) profilers[i].Add(batch.Columns[i]);
            rows += batch.RowCount;
        }
        return new(info with { Rows = rows }, FileFingerprint.Of(file), [.. profilers.Select(p => p.Result(rows))], SuggestedMapping.For(fields));
    }

    private sealed class Profiler(ColumnField field)
    {
        private readonly List<string> _examples = [];
        private long _nulls;
        private double _least = double.PositiveInfinity, _greatest = double.NegativeInfinity;
        private TimestampUnit _unit = field.Unit;
        private string? _leastDigits, _greatestDigits;
        private long _leastWhole = long.MaxValue, _greatestWhole = long.MinValue;

        public void Add(Column column)
        {
            _nulls += column.NullCount;
            _unit = column.Field.Unit;
            switch (column)
            {
                case Utf8Column { Field.IsDigits: true } c: RangeOfDigits(c); break;
                case ValueColumn<int> c: Range(c, ref _leastWhole, ref _greatestWhole); break;
                case ValueColumn<long> c: Range(c, ref _leastWhole, ref _greatestWhole); break;
                case ValueColumn<double> c: Range(c, ref _least, ref _greatest); break;
            }
            for (int row = 0; row < Math.Min(column.Count, 1000) && _examples.Count < MaxExamples; row++)
                if (!column.IsNull(row) && Text(column, row) is var text && !_examples.Contains(text)) _examples.Add(text);
        }

        public ColumnProfile Result(long rows) => new(field, _nulls, rows > 0 ? (double)_nulls / rows : 0, _examples,
            _leastDigits ?? (_leastWhole <= _greatestWhole ? Show(_leastWhole) : _least <= _greatest ? Show(_least) : null),
            _greatestDigits ?? (_leastWhole <= _greatestWhole ? Show(_greatestWhole) : _least <= _greatest ? Show(_greatest) : null));

        private static void Range<T, TBound>(ValueColumn<T> column, ref TBound least, ref TBound greatest)
            where T : unmanaged, INumber<T>
            where TBound : INumber<TBound>
        {
            var values = column.Values;
            for (int row = 0; row < values.Length; row++)
            {
                if (column.IsNull(row)) continue;
                var value = TBound.CreateChecked(values[row]);
                if (value < least) least = value;
                if (value > greatest) greatest = value;
            }
        }

        private void RangeOfDigits(Utf8Column column)
        {
            for (int row = 0; row < column.Count; row++)
            {
                if (column.IsNull(row)) continue;
                string digits = Encoding.ASCII.GetString(column[row]);
                if (_leastDigits is null || Compare(digits, _leastDigits) < 0) _leastDigits = digits;
                if (_greatestDigits is null || Compare(digits, _greatestDigits) > 0) _greatestDigits = digits;
            }
        }

        // By sign, then by the digits before the point, then by those behind it: numbers may be longer than any type.
        private static int Compare(string a, string b)
        {
            bool minus = a.StartsWith('-');
            if (minus != b.StartsWith('-')) return minus ? -1 : 1;
            var (x, y) = (a.TrimStart('-').Split('.'), b.TrimStart('-').Split('.'));
            int by = x[0].Length.CompareTo(y[0].Length);
            if (by == 0) by = string.CompareOrdinal(x[0], y[0]);
            if (by == 0) by = string.CompareOrdinal(x.Length > 1 ? x[1] : "", y.Length > 1 ? y[1] : "");
            return minus ? -by : by;
        }

        private string Text(Column column, int row) => column switch
        {
            ValueColumn<int> c => Show(c.Values[row]),
            ValueColumn<long> c => Show(c.Values[row]),
            ValueColumn<double> c => Show(c.Values[row]),
            ValueColumn<bool> c => c.Values[row] ? "true" : "false",
            Utf8Column c => Shortened(Encoding.UTF8.GetString(c[row])),
            _ => throw new InvalidOperationException(column.GetType().Name),
        };

        private static string Show(double value) => value.ToString("R", CultureInfo.InvariantCulture);

        private string Show(long value)
        {
            string number = value.ToString(CultureInfo.InvariantCulture);
            if (field.Type != ColumnType.Timestamp) return number;
            double seconds = value / _unit switch
            {
                TimestampUnit.Seconds => 1,
                TimestampUnit.Milliseconds => 1e3,
                TimestampUnit.Microseconds => 1e6,
                _ => 1e9,
            };
            // Years 1 to 9999 are what a date can show; what lies beyond is shown as the number it is.
            if (seconds is < -62_135_596_800 or > 253_402_300_799) return number;
            return DateTime.UnixEpoch.AddSeconds(Math.Floor(seconds)).ToString(
                "yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture) + (field.IsUtc ? "Z" : "");
        }

        private static string Shortened(string text) => text.Length <= 40 ? text : text[..39] + "…";
    }
}
