using System.Text.RegularExpressions;

namespace Recsys.Batch.Pipeline.Tests.Architecture;

/// <summary>
/// Which folder of the product uses types of which other one, read from the sources: a name counts where its type can be seen there, by a using or from an
/// enclosing namespace. A folder is the first level below a project (Pipeline/Ingest); what lies beside the project file is the project's own room.
/// </summary>
internal sealed partial class SourceGraph
{
    private readonly Dictionary<string, List<SourceFile>> _declaredIn = new(StringComparer.Ordinal);

    private SourceGraph(IReadOnlyList<SourceFile> files)
    {
        foreach (var file in files)
            foreach (string type in file.Declared)
            {
                if (!_declaredIn.TryGetValue(type, out var places)) _declaredIn[type] = places = [];
                places.Add(file);
            }
        foreach (var file in files) Add(file);
    }

    /// <summary>From one room to another: the types that are used there.</summary>
    public SortedDictionary<(string From, string To), SortedSet<string>> Arrows { get; } = [];

    public SortedSet<string> Rooms { get; } = new(StringComparer.Ordinal);

    public static SourceGraph Of(string root, params string[] projects) =>
        new([.. projects.SelectMany(p => Directory.EnumerateFiles(Path.Combine(root, p), "*.cs", SearchOption.AllDirectories))
            .Select(f => Path.GetRelativePath(root, f).Replace('\\', '/'))
            .Where(f => !f.Contains("/obj/", StringComparison.Ordinal) && !f.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(f => SourceFile.Read(root, f))]);

    private void Add(SourceFile file)
    {
        Rooms.Add(file.Room);
        foreach (string name in file.Names)
        {
            if (!_declaredIn.TryGetValue(name, out var places)) continue;
            foreach (var place in places.Where(p => p.Room != file.Room && file.Sees(p.Namespace)))
            {
                if (!Arrows.TryGetValue((file.Room, place.Room), out var types)) Arrows[(file.Room, place.Room)] = types = new(StringComparer.Ordinal);
                types.Add(name);
            }
        }
    }

    private sealed partial record SourceFile(string Room, string Namespace, HashSet<string> Usings, string[] Declared, HashSet<string> Names)
    {
        public static SourceFile Read(string root, string path)
        {
            string text = Comments().Replace(File.ReadAllText(Path.Combine(root, path)), " ");
            string[] parts = path.Split('/');
            return new SourceFile(
                parts.Length > 2 ? $"{parts[0]}/{parts[1]}" : parts[0],
                NamespaceLine().Match(text).Groups[1].Value,
                [.. UsingLine().Matches(text).Select(m => m.Groups[1].Value)],
                [.. Declaration().Matches(text).Select(m => m.Groups[1].Value)],
                [.. Name().Matches(UsingLine().Replace(text, "")).Select(m => m.Value)]);
        }

        public bool Sees(string other) => Usings.Contains(other) || Namespace == other || Namespace.StartsWith(other + ".", StringComparison.Ordinal);

        [GeneratedRegex(@"//[^\n]*")]
        private static partial Regex Comments();

        [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex NamespaceLine();

        [GeneratedRegex(@"^using (?:static )?([\w.]+);", RegexOptions.Multiline)]
        private static partial Regex UsingLine();

        // Top-level types alone: what is nested is seen through them.
        [GeneratedRegex(
            @"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref|unsafe) )*(?:class|struct|record struct|record|interface|enum|delegate "
            + @"[\w<>\[\], ?.]+?) (\w+)",
            RegexOptions.Multiline)]
        private static partial Regex Declaration();

        [GeneratedRegex(@"\b[A-Za-z_]\w*")]
        private static partial Regex Name();
    }
}
