using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace Recsys.Batch.Pipeline.Tests.Parquet;

/// <summary>
/// Files as other programs write them, made by Parquet.Net's own API and not by our writer: lists of any type, members that are null, float columns.
/// </summary>
internal static class ForeignFiles
{
    /// <param name="columns">
    /// Names with types, for example <c>id:text, features:float[]</c>. Types: text, int, long, ulong, float, double, and lists of them.
    /// </param>
    /// <param name="rows">
    /// Rows as JSON arrays, one behind the other, with ' in place of ": <c>['a', [1, null]], ['b', null]</c>. A real number may be <c>'NaN'</c> or
    /// <c>'Infinity'</c>.
    /// </param>
    public static string Write(string file, string columns, string rows)
    {
        var table = JsonDocument.Parse($"[{rows.Replace('\'', '"')}]").RootElement.EnumerateArray().Select(r => r.EnumerateArray().ToArray()).ToList();
        var wanted = columns.Split(',').Select(c => c.Trim().Split(':')).Select((c, i) => Make(c[0], c[1], [.. table.Select(r => r[i])])).ToList();
        WriteAsync(file, wanted).GetAwaiter().GetResult();
        return file;
    }

    private static async Task WriteAsync(string file, List<IForeignColumn> columns)
    {
        await using var stream = File.Create(file);
        var writer = await ParquetWriter.CreateAsync(new ParquetSchema(columns.Select(c => c.Field).ToArray()), stream);
        await using (writer)
        {
            using var group = writer.CreateRowGroup();
            foreach (var column in columns) await column.WriteAsync(group);
        }
    }

    private static IForeignColumn Make(string name, string type, JsonElement[] rows) => type.Split('[')[0] switch
    {
        "text" => new ForeignColumn<ReadOnlyMemory<char>>(name, type, rows, v => v.GetString().AsMemory()),
        "int" => new ForeignColumn<int>(name, type, rows, v => v.GetInt32()),
        "ulong" => new ForeignColumn<ulong>(name, type, rows, v => v.GetUInt64()),
        "long" => new ForeignColumn<long>(name, type, rows, v => v.GetInt64()),
        "float" => new ForeignColumn<float>(name, type, rows, v => (float)Real(v)),
        "double" => new ForeignColumn<double>(name, type, rows, Real),
        _ => throw new ArgumentException($"unknown type '{type}'", nameof(type)),
    };

    private static double Real(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? double.Parse(value.GetString()!, CultureInfo.InvariantCulture) : value.GetDouble();

    private interface IForeignColumn
    {
        Field Field { get; }

        Task WriteAsync(ParquetRowGroupWriter group);
    }

    private sealed class ForeignColumn<T> : IForeignColumn where T : struct
    {
        private readonly DataField _leaf;
        private readonly List<T> _values = [];
        private readonly List<int> _definition = [], _repetition = [];
        private readonly bool _list;

        public ForeignColumn(string name, string type, JsonElement[] rows, Func<JsonElement, T> read)
        {
            _list = type.EndsWith("[]", StringComparison.Ordinal);
            string leaf = _list ? "element" : name;
            _leaf = typeof(T) == typeof(ReadOnlyMemory<char>) ? new DataField<string>(leaf, nullable: true) : new DataField<T>(leaf, nullable: true);
            Field = _list ? new ListField(name, _leaf) : _leaf;
            foreach (var row in rows)
            {
                if (!_list) Add(row, 1, 0, read);
                else if (row.ValueKind == JsonValueKind.Null) AddLevels(0, 0);
                else if (row.GetArrayLength() == 0) AddLevels(1, 0);
                else foreach (var (member, i) in row.EnumerateArray().Select((m, i) => (m, i))) Add(member, 3, i == 0 ? 0 : 1, read);
            }
        }

        public Field Field { get; }

        public Task WriteAsync(ParquetRowGroupWriter group) =>
            group.WriteAllPartsAsync<T>(_leaf, _values.ToArray(), _definition.ToArray(), _list ? _repetition.ToArray() : null, CancellationToken.None);

        private void Add(JsonElement value, int present, int repetition, Func<JsonElement, T> read)
        {
            bool isNull = value.ValueKind == JsonValueKind.Null;
            AddLevels(isNull ? present - 1 : present, repetition);
            if (!isNull) _values.Add(read(value));
        }

        private void AddLevels(int definition, int repetition)
        {
            _definition.Add(definition);
            _repetition.Add(repetition);
        }
    }
}
