using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Runs.Forget;

/// <summary>
/// Looks for users in every file below a folder, as each kind of file holds ids: columns of Parquet, ids and texts of artifacts, whole words elsewhere. An id
/// of 8 bytes or more is looked for among the bytes of every file besides; a shorter one would be found inside of numbers.
/// </summary>
/// <param name="isItem">Whether an item has that id too: such an id proves nothing where items are named.</param>
internal sealed class FileSearch(IReadOnlyList<byte[]> userIds, Func<string, bool> isItem, IParquetReader reader, CancellationToken cancellation)
{
    public const int LeastBytes = 8;

    private static readonly string[] s_itemColumns = ["item_id", "neighbor_id", "reason_items", "segment"];

    private readonly (byte[] Bytes, string Text, bool IsItem)[] _ids = 
        [.. userIds.Select(id => (id, Encoding.UTF8.GetString(id), isItem(Encoding.UTF8.GetString(id))))];
    private readonly HashSet<string> _texts = [.. userIds.Select(id => Encoding.UTF8.GetString(id))];

    /// <summary>Where somebody was found: the file, and what in it.</summary>
    public IEnumerable<(string File, string What)> Below(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Find(file) is { } what) yield return (Path.GetRelativePath(folder, file).Replace('\\', '/'), what);
        }
    }

    private string? Find(string file)
    {
        string extension = Path.GetExtension(file);
        try
        {
            if (extension == ".parquet" && InParquet(file) is { } column) return $"column '{column}'";
            if (extension == ".bin" && InArtifact(file) is { } section) return $"section '{section}'";
        }
        catch (RecsysException)
        {
            // What cannot be read as what its name says is searched as bytes, below, and whole words too.
            extension = "";
        }
        bool isText = extension is not (".parquet" or ".bin" or ".db" or ".db-wal" or ".db-shm");
        byte[] bytes = [];
        foreach (var (id, _, isItemToo) in _ids)
        {
            if (isItemToo || id.Length < LeastBytes && !isText) continue;
            if (bytes.Length == 0) bytes = ReadShared(file);
            if (InBytes(bytes, id, wholeWord: id.Length < LeastBytes)) return "its bytes";
        }
        return null;
    }

    private string? InParquet(string file)
    {
        string[] columns = [.. reader.Inspect(file).Columns.Where(c => c.Type == ColumnType.Utf8 && !s_itemColumns.Contains(c.Name)).Select(c => c.Name)];
        if (columns.Length == 0) return null;
        foreach (var batch in reader.Read(file, columns, cancellation))
        {
            foreach (var column in batch.Columns.OfType<Utf8Column>())
            {
                for (int row = 0; row < batch.RowCount; row++)
                {
                    string cell = Encoding.UTF8.GetString(column[row]);
                    if (_texts.Contains(cell) && (column.Field.Name == "user_id" || !isItem(cell))) return column.Field.Name;
                }
            }
        }
        return null;
    }

    private string? InArtifact(string file)
    {
        var artifact = new ArtifactReader(file);
        foreach (string section in artifact.Texts)
        {
            var offsets = artifact.Read<int>(section + ".offsets");
            var bytes = artifact.Read<byte>(section + ".bytes");
            bool ofUsers = section == "users" || Path.GetFileName(file).StartsWith("users", StringComparison.Ordinal);
            for (int i = 0; i + 1 < offsets.Length; i++)
            {
                var text = bytes.AsSpan(offsets[i], offsets[i + 1] - offsets[i]);
                foreach (var (id, _, isItemToo) in _ids)
                    if (text.SequenceEqual(id) && (ofUsers || !isItemToo)) return section;
            }
        }
        return null;
    }

    private static bool InBytes(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> id, bool wholeWord)
    {
        for (int from = 0; bytes[from..].IndexOf(id) is >= 0 and var at; from += at + 1)
        {
            int start = from + at, end = start + id.Length;
            if (!wholeWord || (start == 0 || !IsWord(bytes[start - 1])) && (end == bytes.Length || !IsWord(bytes[end]))) return true;
        }
        return false;
    }

    private static bool IsWord(byte b) => b >= 0x80 || char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)':';

    private static byte[] ReadShared(string file)
    {
        // The database and the lock are open elsewhere.
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[open.Length];
        open.ReadExactly(bytes);
        return bytes;
    }
}
