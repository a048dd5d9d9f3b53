using System.IO.Enumeration;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Parquet;

/// <summary>Files behind a path, a folder or a glob.</summary>
internal static class FilePattern
{
    private static readonly EnumerationOptions Visible = new() { AttributesToSkip = 0, IgnoreInaccessible = false, MatchType = MatchType.Simple };

    public static IReadOnlyList<string> Expand(string pattern)
    {
        // A file that is really called so wins over what its name could mean.
        if (File.Exists(pattern)) return [pattern];
        var found = new List<string>();
        if (Directory.Exists(pattern)) Below(pattern, "*.parquet", found);
        else if (pattern.AsSpan().ContainsAny('*', '?')) Glob(pattern, found);
        else throw new ParquetFileException(pattern, "does not exist");
        found.Sort(StringComparer.Ordinal);
        return found;
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
            if (parts.Length == 1) Below(folder, "*", found);
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

    private static void Below(string folder, string part, List<string> found)
    {
        string at = folder.Length > 0 ? folder : ".";
        foreach (string path in Directory.EnumerateFiles(at, "*", Visible))
            if (Accepts(part, Path.GetFileName(path))) found.Add(Path.Combine(folder, Path.GetFileName(path)));
        foreach (string name in Folders(at)) Below(Path.Combine(folder, name), part, found);
    }

    // Links are not followed downwards: one to a parent would never end.
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
