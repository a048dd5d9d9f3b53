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

    private const int BlockBytes = 1 << 20;

    private static readonly string[] s_itemColumns =
        ["item_id", "neighbor_id", "reason_items", "reason_features", "reason_shares", "segment", .. PlaceTables.TextColumns];

    private readonly (byte[] Bytes, string Text, bool IsItem)[] _ids =
        [.. userIds.Select(id => (id, Encoding.UTF8.GetString(id), isItem(Encoding.UTF8.GetString(id))))];
    private readonly HashSet<string> _texts = [.. userIds.Select(id => Encoding.UTF8.GetString(id))];

    /// <summary>Where somebody was found: the file, and what in it.</summary>
    public IEnumerable<(string File, string What)> Below(string folder)
    {
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            cancellation.ThrowIfCancellationRequested();
            if (FindOrSay(file) is { } what) yield return (Path.GetRelativePath(folder, file).Replace('\\', '/'), what);
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
        foreach (var (id, _, isItemToo) in _ids)
        {
            if (isItemToo || id.Length < LeastBytes && !isText) continue;
            var edges = id.Length >= LeastBytes ? Edges.Any : extension == ".json" ? Edges.Quotes : Edges.Word;
            if (IsAmong(file, id, edges)) return "its bytes";
        }
        return null;
    }

    /// <summary>A file that cannot be read proves nothing: it is named as if somebody were in it.</summary>
    private string? FindOrSay(string file)
    {
        try
        {
            return Find(file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            // It went while the folder was listed.
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read ({e.Message.TrimEnd('.')}), so nobody knows";
        }
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

    /// <summary>What has to stand around an id: whole words in text, and in JSON a string of its own, since a number there may be a count.</summary>
    private enum Edges
    {
        Any,
        Word,
        Quotes,
    }

    /// <summary>Whether the id is in the file, which is read in blocks that overlap by the id and a byte on each side.</summary>
    private static bool IsAmong(string file, byte[] id, Edges edges)
    {
        // The database and others are open elsewhere, and may grow.
        using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var block = new byte[BlockBytes + id.Length + 2];
        int kept = 0;
        bool isFirst = true;
        while (true)
        {
            int read = open.ReadAtLeast(block.AsSpan(kept), block.Length - kept, throwOnEndOfStream: false);
            bool isLast = kept + read < block.Length;
            if (Has(block.AsSpan(0, kept + read), id, edges, isFirst, isLast)) return true;
            if (isLast) return false;
            kept = id.Length + 1;
            block.AsSpan(block.Length - kept).CopyTo(block);
            isFirst = false;
        }
    }

    private static bool Has(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> id, Edges edges, bool isFirst, bool isLast)
    {
        for (int from = 0; bytes[from..].IndexOf(id) is >= 0 and var at; from += at + 1)
        {
            int start = from + at, end = start + id.Length;
            // At a block's edge the neighboring byte is in the block before or after, which has this place too.
            if (start == 0 && !isFirst || end == bytes.Length && !isLast) continue;
            byte before = start == 0 ? (byte)' ' : bytes[start - 1], after = end == bytes.Length ? (byte)' ' : bytes[end];
            bool stands = edges switch
            {
                Edges.Word => !IsWord(before) && !IsWord(after),
                Edges.Quotes => before == '"' && after == '"',
                _ => true,
            };
            if (stands) return true;
        }
        return false;
    }

    private static bool IsWord(byte b) => b >= 0x80 || char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_' or (byte)'.' or (byte)':';
}
