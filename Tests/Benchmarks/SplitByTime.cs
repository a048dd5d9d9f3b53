using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// Made <c>data/online-retail</c>: splits one Parquet file whose rows stand in order of time as a shop's log grows: the history as a file a month
/// (<c>date=2010-12/part.parquet</c>), then a file a day (<c>date=2011-10-02/part.parquet</c>). Rows keep their order and values; nothing is dropped.
/// </summary>
internal static class SplitByTime
{
    public static int Run(IReadOnlyList<string> args)
    {
        if (args.Count != 4 || !DateOnly.TryParseExact(args[2], "yyyy-MM-dd", out var dailyFrom))
        {
            Console.Error.WriteLine(
                "split-by-time FILE TIME_COLUMN DAILY_FROM OUT: FILE is Parquet in order of TIME_COLUMN; "
                + "days before DAILY_FROM (2011-10-01) share a file a month");
            return 2;
        }
        var (rows, files) = Split(args[0], args[1], dailyFrom, args[3]);
        WriteSums(args[3]);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{rows} rows in {files} files"));
        return 0;
    }

    private static (long Rows, int Files) Split(string file, string timeColumn, DateOnly dailyFrom, string folder)
    {
        var reader = ParquetFiles.Reader();
        var fields = reader.Inspect(file).Columns;
        var writer = ParquetFiles.Writer();
        IParquetFileWriter? open = null;
        string? openPart = null;
        var lastDay = DateOnly.MinValue;
        long rows = 0;
        int files = 0;
        try
        {
            foreach (var batch in reader.Read(file))
            {
                var times = batch.Column<ValueColumn<long>>(timeColumn);
                for (int from = 0, to; from < batch.RowCount; from = to)
                {
                    var day = Day(times, from);
                    for (to = from + 1; to < batch.RowCount && Day(times, to) == day; to++)
                    {
                    }
                    if (day < lastDay)
                        throw new InvalidDataException($"row {rows + from}: day {day:O} comes after {lastDay:O}; the file must be in order of {timeColumn}");
                    lastDay = day;
                    string part = day < dailyFrom ? $"date={day.ToString("yyyy-MM", CultureInfo.InvariantCulture)}" : $"date={day:O}";
                    if (part != openPart)
                    {
                        Close(open);
                        string path = Path.Combine(folder, part, "part.parquet");
                        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                        open = writer.Create(path, fields, new ParquetWriteOptions(ZstdLevel: 19));
                        (openPart, files) = (part, files + 1);
                    }
                    open!.Append([.. batch.Columns.Select(c => Slice(c, from, to))], to - from);
                }
                rows += batch.RowCount;
            }
            Close(open);
            open = null;
        }
        finally
        {
            open?.Dispose();
        }
        return (rows, files);
    }

    private static void Close(IParquetFileWriter? open)
    {
        open?.Complete();
        open?.Dispose();
    }

    private static void WriteSums(string folder)
    {
        var lines = Directory.EnumerateFiles(folder, "*.parquet", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Order(StringComparer.Ordinal)
            .Select(f => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, f))))}  {f}\n");
        File.WriteAllText(Path.Combine(folder, "SHA256SUMS"), string.Concat(lines), new UTF8Encoding(false));
    }

    private static DateOnly Day(ValueColumn<long> times, int row)
    {
        if (times.IsNull(row)) throw new InvalidDataException("a row without a time belongs to no day");
        long perDay = times.Field.Unit switch
        {
            TimestampUnit.Seconds => 86_400L,
            TimestampUnit.Milliseconds => 86_400_000L,
            TimestampUnit.Microseconds => 86_400_000_000L,
            _ => 86_400_000_000_000L,
        };
        long at = times.Values[row];
        return DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)(at >= 0 ? at / perDay : (at - perDay + 1) / perDay));
    }

    private static Column Slice(Column column, int from, int to) => column switch
    {
        ValueColumn<int> c => Values(c, from, to),
        ValueColumn<long> c => Values(c, from, to),
        ValueColumn<double> c => Values(c, from, to),
        ValueColumn<bool> c => Values(c, from, to),
        Utf8Column c => Strings(c, from, to),
        _ => throw new InvalidDataException($"column {column.Field.Name} is {column.GetType().Name}"),
    };

    private static ValueColumn<T> Values<T>(ValueColumn<T> c, int from, int to) where T : unmanaged =>
        new(c.Field, to - from, c.Values[from..to].ToArray(), Validity(c, from, to));

    private static Utf8Column Strings(Utf8Column c, int from, int to)
    {
        int start = c.Offsets[from];
        var offsets = c.Offsets[from..(to + 1)].ToArray();
        for (int i = 0; i < offsets.Length; i++) offsets[i] -= start;
        return new Utf8Column(c.Field, to - from, offsets, c.Bytes[start..c.Offsets[to]].ToArray(), Validity(c, from, to));
    }

    private static ulong[]? Validity(Column c, int from, int to)
    {
        if (c.Validity is null) return null;
        var mask = new ulong[(to - from + 63) / 64];
        for (int row = from; row < to; row++)
            if (!c.IsNull(row)) mask[(row - from) >> 6] |= 1UL << ((row - from) & 63);
        return mask;
    }
}
