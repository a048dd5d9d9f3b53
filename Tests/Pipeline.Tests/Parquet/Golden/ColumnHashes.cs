using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet.Golden;

/// <summary>What a file says, one SHA-256 a column, so that any two readings of it can be compared bit for bit.</summary>
internal static class ColumnHashes
{
    /// <summary>A file that a reader refuses has this in place of its columns.</summary>
    public const string Refused = "refused";

    /// <summary>
    /// All columns, those that are read by name alone included. A column's key is its name, type and unit; a value goes in with its length, a null as length
    /// -1.
    /// </summary>
    public static SortedDictionary<string, string> Of(IParquetReader reader, string file)
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        try
        {
            var info = reader.Inspect(file);
            Add(found, reader, file, null);
            foreach (var skipped in info.Skipped) AddByName(found, reader, file, skipped.Name);
        }
        catch (ParquetFileException)
        {
            return new(StringComparer.Ordinal) { [Refused] = "" };
        }
        return found;
    }

    /// <summary>One hash for all of a file's columns.</summary>
    public static string OfAll(IParquetReader reader, string file) =>
        Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', Of(reader, file).Select(c => $"{c.Key} {c.Value}")))));

    private static void AddByName(SortedDictionary<string, string> found, IParquetReader reader, string file, string name)
    {
        try
        {
            Add(found, reader, file, [name]);
        }
        catch (ParquetFileException)
        {
            found[name] = Refused;
        }
    }

    private static void Add(SortedDictionary<string, string> found, IParquetReader reader, string file, IReadOnlyList<string>? columns)
    {
        var hashes = new Dictionary<string, IncrementalHash>(StringComparer.Ordinal);
        long row = 0;
        foreach (var batch in reader.Read(file, columns))
        {
            Assert.AreEqual(row, batch.FirstRow, file);
            row += batch.RowCount;
            foreach (var column in batch.Columns)
            {
                if (!hashes.TryGetValue(Key(column.Field), out var hash))
                    hashes[Key(column.Field)] = hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                for (int i = 0; i < column.Count; i++) Append(hash, column.IsNull(i) ? null : Bytes(column, i));
            }
        }
        foreach (var (key, hash) in hashes)
            using (hash) found[key] = Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Key(ColumnField field) =>
        field.Type == ColumnType.Timestamp ? $"{field.Name}: {field.Type} {field.Unit}{(field.IsUtc ? " UTC" : "")}" : $"{field.Name}: {field.Type}";

    private static void Append(IncrementalHash hash, byte[]? value)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, value?.Length ?? -1);
        hash.AppendData(length);
        hash.AppendData(value ?? []);
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
}
