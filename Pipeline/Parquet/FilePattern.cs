using System.IO.Enumeration;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet.Delta;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>What a path, a folder or a glob stands for.</summary>
/// <param name="Files">The Parquet files, in ordinal order.</param>
/// <param name="Hidden">Files and folders that were passed over for their names: hidden ones, and those that a writer has not finished.</param>
/// <param name="Foreign">Files of a folder that are no Parquet files, by name and by content.</param>
internal sealed record FileListing(IReadOnlyList<string> Files, int Hidden, IReadOnlyList<string> Foreign);

/// <summary>
/// Files behind a path, a folder or a glob. Of a folder every Parquet file below it: those that are called so (<c>.parquet</c>, <c>.parq</c>, <c>.pq</c>, in
/// any case), and those of other names or none that begin as Parquet files do; of a Delta table those that its log says are live. Symbolic links are followed,
/// each folder once.
/// </summary>
internal static class FilePattern
{
    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple };
    private static readonly string[] Endings = [".parquet", ".parq", ".pq", ".pqt"];
    private static readonly string[] Unfinished =
    [
        ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".inprogress", ".copying", ".uploading", "~",
    ];

    public static IReadOnlyList<string> Expand(string pattern) => List(pattern).Files;

    /// <exception cref="ParquetFileException">
    /// The path does not exist, a folder may not be read, or it is a table whose log says which of its files count.
    /// </exception>
    public static FileListing List(string pattern)
    {
        // A file that is really called so wins over what its name could mean.
        if (File.Exists(pattern)) return new([pattern], 0, []);
        var found = new List<string>();
        var folder = new Walk(found);
        try
        {
            if (Directory.Exists(pattern)) folder.Below(pattern);
            else if (pattern.AsSpan().ContainsAny('*', '?')) Glob(pattern, found);
            else
            {
                throw new ParquetFileException(
                    pattern,
                    Closed(pattern) is { } closed
                        ? $"cannot be looked for: this user may not enter '{closed}'; grant it read and enter (r-x) on that folder"
                        : "does not exist; expected a Parquet file, a folder or a glob: look at the path");
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new ParquetFileException(
                pattern, $"cannot be listed: {e.Message.TrimEnd('.')}; grant user '{Environment.UserName}' read and enter (r-x) on that folder", e);
        }
        found.Sort(StringComparer.Ordinal);
        return new(found, folder.Hidden, folder.Foreign);
    }

    /// <summary>The folder above a path that this user may not enter; null where there is none.</summary>
    public static string? Closed(string path)
    {
        for (string? above = Path.GetDirectoryName(Path.GetFullPath(path)); above is not null; above = Path.GetDirectoryName(above))
        {
            if (!Directory.Exists(above)) continue;
            try
            {
                _ = Directory.EnumerateFileSystemEntries(above).Any();
                return null;
            }
            catch (UnauthorizedAccessException)
            {
                return above;
            }
        }
        return null;
    }

    /// <summary>The files below a folder.</summary>
    private sealed class Walk(List<string> found)
    {
        private readonly HashSet<string> _entered = new(StringComparer.Ordinal);
        private readonly List<string> _foreign = [];

        public int Hidden { get; private set; }

        public IReadOnlyList<string> Foreign => _foreign;

        public void Below(string folder)
        {
            if (!_entered.Add(Real(folder))) return;
            if (Directory.Exists(Path.Combine(folder, DeltaLog.Folder)))
            {
                found.AddRange(DeltaLog.LiveFiles(folder));
                return;
            }
            RefuseTable(folder);
            foreach (string path in Directory.EnumerateFiles(folder, "*", Visible))
            {
                string name = Path.GetFileName(path);
                if (FilePattern.Hidden(name) || IsUnfinished(name)) Hidden++;
                else if (Endings.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || BeginsAsParquet(path)) found.Add(Path.Combine(folder, name));
                else _foreign.Add(Path.Combine(folder, name));
            }
            foreach (var below in new DirectoryInfo(folder).EnumerateDirectories("*", Visible))
            {
                if (FilePattern.Hidden(below.Name)) Hidden++;
                else Below(Path.Combine(folder, below.Name));
            }
        }

        // A link's own path would be another each time around a circle.
        private static string Real(string folder) => new DirectoryInfo(folder) is var info && info.LinkTarget is not null
            ? info.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? info.FullName
            : info.FullName;

        private static bool IsUnfinished(string name) =>
            Unfinished.Any(e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) || name.Contains(".inprogress.", StringComparison.OrdinalIgnoreCase);

        // What cannot be opened is named when it is read, not passed over here.
        private static bool BeginsAsParquet(string path)
        {
            try
            {
                using var handle = File.OpenHandle(path);
                Span<byte> head = stackalloc byte[4];
                return RandomAccess.Read(handle, head, 0) == 4 && (head.SequenceEqual("PAR1"u8) || head.SequenceEqual("PARE"u8));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }

        private static void RefuseTable(string folder)
        {
            string? kind = Directory.Exists(Path.Combine(folder, ".hoodie")) ? "a Hudi table (it has .hoodie)"
                : Directory.Exists(Path.Combine(folder, "metadata"))
                    && Directory.EnumerateFiles(Path.Combine(folder, "metadata"), "*.metadata.json", Visible).Any()
                    ? "an Iceberg table (it has metadata/*.metadata.json)"
                : null;
            if (kind is null) return;
            string scan = kind.Contains("Iceberg", StringComparison.Ordinal) ? "iceberg_scan" : "a query of Spark's";
            throw new ParquetFileException(
                folder,
                $"is {kind}: files that its log has removed still lie in it, so its files are not its rows. Export its rows into a folder of their own "
                + $"(DuckDB: COPY (FROM {scan}('FOLDER')) TO 'OUT.parquet') and name that, or name the files by a glob such as '*.parquet' "
                + $"where all of them count");
        }
    }

    private static void Glob(string pattern, List<string> found)
    {
        var parts = pattern.Split(Path.DirectorySeparatorChar, Path.AltDirectorySeparatorChar);
        int literal = Array.FindIndex(parts, p => p.AsSpan().ContainsAny('*', '?'));
        string root = string.Join(Path.DirectorySeparatorChar, parts[..literal]);
        Match(root.Length > 0 ? root : literal > 0 ? Path.DirectorySeparatorChar.ToString() : "", parts.AsSpan(literal), found);
    }

    private static void Match(string folder, ReadOnlySpan<string> parts, List<string> found)
    {
        string at = folder.Length > 0 ? folder : ".";
        if (!Directory.Exists(at)) return;
        string part = parts[0];
        if (parts.Length == 1 && part != "**")
        {
            foreach (string path in Directory.EnumerateFiles(at, "*", Visible))
                if (Accepts(part, Path.GetFileName(path))) found.Add(Path.Combine(folder, Path.GetFileName(path)));
            return;
        }
        if (part == "**")
        {
            if (parts.Length == 1) Below(folder, found);
            else
            {
                Match(folder, parts[1..], found);
                foreach (string name in Folders(at)) Match(Path.Combine(folder, name), parts, found);
            }
            return;
        }
        foreach (string name in Folders(at))
            if (Accepts(part, name)) Match(Path.Combine(folder, name), parts[1..], found);
    }

    private static void Below(string folder, List<string> found)
    {
        string at = folder.Length > 0 ? folder : ".";
        foreach (string path in Directory.EnumerateFiles(at, "*", Visible))
            if (!Hidden(Path.GetFileName(path))) found.Add(Path.Combine(folder, Path.GetFileName(path)));
        foreach (string name in Folders(at)) Below(Path.Combine(folder, name), found);
    }

    // A glob does not follow links downwards: one to a parent would never end.
    private static IEnumerable<string> Folders(string folder) =>
        new DirectoryInfo(folder).EnumerateDirectories("*", Visible)
            .Where(d => d.LinkTarget is null && !Hidden(d.Name))
            .Select(d => d.Name);

    private static bool Accepts(string part, string name) =>
        (!Hidden(name) || Hidden(part)) && FileSystemName.MatchesSimpleExpression(Escaped(part), name, ignoreCase: false);

    // Spark, Hive and our own writers keep unfinished files and markers under such names.
    private static bool Hidden(string name) => name.StartsWith('.') || name.StartsWith('_');

    private static string Escaped(string part) => part.Replace("\\", "\\\\", StringComparison.Ordinal);
}
