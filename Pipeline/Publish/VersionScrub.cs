using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// Takes users out of the Parquet files of a version: the whole folder is made anew beside it, files that name none of them as they are, and put in its place
/// in one rename. The version keeps its name, which is that of the lists as they were published; its manifest says how many users it has lost.
/// </summary>
internal sealed class VersionScrub(IParquetReader reader, IParquetWriter writer, Func<ReadOnlySpan<byte>, bool> isForgotten)
{
    private const string UserColumn = PlaceTable.UserColumn;

    /// <summary>Makes the folder of a version without those users.</summary>
    /// <param name="staging">An empty folder.</param>
    /// <returns>The manifest of what lies in <paramref name="staging"/>; null where the version names none of them.</returns>
    public VersionManifest? Write(string folder, string staging, CancellationToken cancellation)
    {
        var before = VersionManifest.Load(folder);
        var found = new HashSet<string>(StringComparer.Ordinal);
        var tables = new SortedDictionary<string, VersionTable>(StringComparer.Ordinal);
        foreach (var (name, table) in before.Tables)
        {
            // By its columns: a table that a later program published is scrubbed too.
            bool speaksOfUsers = table.Files.Count > 0 && reader.Inspect(Path.Combine(folder, table.Files[0].File)).Columns.Any(c => c.Name == UserColumn);
            var files = table.Files.Select(file => Write(file, folder, staging, speaksOfUsers, found, cancellation)).ToArray();
            tables[name] = new VersionTable(files.Sum(f => f.Rows), files);
        }
        if (found.Count == 0) return null;
        if (before.Policy is { } policy) Copy(Path.Combine(folder, policy.File), Path.Combine(staging, policy.File));
        var manifest = before with { Tables = tables, Forgotten = before.Forgotten + found.Count };
        manifest.Save(staging);
        return manifest;
    }

    private VersionFile Write(VersionFile file, string folder, string staging, bool speaksOfUsers, HashSet<string> found, CancellationToken cancellation)
    {
        string from = Path.Combine(folder, file.File);
        string to = Path.Combine(staging, file.File);
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        if (!speaksOfUsers || !Names(from, found, cancellation))
        {
            Copy(from, to);
            return file;
        }
        var fields = reader.Inspect(from).Columns;
        long rows = 0;
        using (var open = writer.Create(to, fields))
        {
            foreach (var batch in reader.Read(from, [.. fields.Select(f => f.Name)], cancellation))
            {
                var users = batch.Column<Utf8Column>(UserColumn);
                int[] stay = [.. Enumerable.Range(0, batch.RowCount).Where(row => !isForgotten(users[row]))];
                if (stay.Length == 0) continue;
                open.Append([.. batch.Columns.Select((column, c) => PickedRows.Of(column, fields[c], stay))], stay.Length);
                rows += stay.Length;
            }
            open.Complete();
        }
        return new VersionFile(file.File, rows, new FileInfo(to).Length, FileFingerprint.Of(to));
    }

    /// <summary>To the disk: the folder that it is copied from goes.</summary>
    private static void Copy(string from, string to)
    {
        File.Copy(from, to);
        using var copy = new FileStream(to, FileMode.Open, FileAccess.Write);
        copy.Flush(flushToDisk: true);
    }

    private bool Names(string file, HashSet<string> found, CancellationToken cancellation)
    {
        bool any = false;
        var last = Array.Empty<byte>();
        foreach (var batch in reader.Read(file, [UserColumn], cancellation))
        {
            var users = batch.Column<Utf8Column>(UserColumn);
            for (int row = 0; row < batch.RowCount; row++)
            {
                // A list is twenty rows of one user.
                if (users[row].SequenceEqual(last)) continue;
                last = users[row].ToArray();
                if (!isForgotten(last)) continue;
                found.Add(System.Text.Encoding.UTF8.GetString(last));
                any = true;
            }
        }
        return any;
    }
}
