using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet.ParquetNet;

/// <summary>All of a file's columns as bytes, so that two engines are compared bit for bit.</summary>
internal static class WholeFile
{
    /// <summary>By column: its field, then a row's bytes (null for null).</summary>
    public static Dictionary<string, List<byte[]?>> Read(IParquetReader reader, string file, IReadOnlyList<string>? columns = null)
    {
        var found = new Dictionary<string, List<byte[]?>>(StringComparer.Ordinal);
        long row = 0;
        foreach (var batch in reader.Read(file, columns))
        {
            Assert.AreEqual(row, batch.FirstRow, file);
            row += batch.RowCount;
            foreach (var column in batch.Columns)
            {
                string name = column.Field.ToString();
                if (!found.TryGetValue(name, out var rows)) found[name] = rows = [];
                for (int i = 0; i < column.Count; i++) rows.Add(column.IsNull(i) ? null : Bytes(column, i));
            }
        }
        return found;
    }

    /// <summary>The same, or the cause where the file is refused.</summary>
    public static (Dictionary<string, List<byte[]?>>? Columns, string? Cause) TryRead(IParquetReader reader, string file, IReadOnlyList<string>? columns = null)
    {
        try
        {
            return (Read(reader, file, columns), null);
        }
        catch (ParquetFileException e)
        {
            return (null, e.Cause);
        }
    }

    public static void AssertSame(Dictionary<string, List<byte[]?>> expected, Dictionary<string, List<byte[]?>> actual, string what)
    {
        if (Difference(expected, actual) is { } difference) Assert.Fail($"{what}: {difference}");
    }

    private static string? Difference(Dictionary<string, List<byte[]?>> one, Dictionary<string, List<byte[]?>> other)
    {
        if (!one.Keys.Order(StringComparer.Ordinal).SequenceEqual(other.Keys.Order(StringComparer.Ordinal)))
            return $"columns {string.Join("; ", one.Keys.Except(other.Keys))} against {string.Join("; ", other.Keys.Except(one.Keys))}";
        foreach (var (name, rows) in one)
        {
            var others = other[name];
            if (rows.Count != others.Count) return $"{name}: {rows.Count} rows against {others.Count}";
            for (int row = 0; row < rows.Count; row++)
                if (rows[row] is null != others[row] is null || rows[row] is { } bytes && !bytes.AsSpan().SequenceEqual(others[row]))
                    return $"{name}, row {row}: {Show(rows[row])} against {Show(others[row])}";
        }
        return null;
    }

    private static byte[] Bytes(Column column, int row) => column switch
    {
        ValueColumn<int> c => BitConverter.GetBytes(c.Values[row]),
        ValueColumn<long> c => BitConverter.GetBytes(c.Values[row]),
        ValueColumn<double> c => BitConverter.GetBytes(c.Values[row]),
        ValueColumn<bool> c => [c.Values[row] ? (byte)1 : (byte)0],
        Utf8Column c => c[row].ToArray(),
        FloatListColumn c => MemoryMarshal.AsBytes(c[row]).ToArray(),
        _ => throw new InvalidOperationException(column.GetType().Name),
    };

    private static string Show(byte[]? bytes) => bytes is null ? "null" : Convert.ToHexString(bytes.AsSpan(0, Math.Min(32, bytes.Length)));
}
