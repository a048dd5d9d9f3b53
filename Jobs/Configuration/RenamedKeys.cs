namespace Recsys.Batch.Jobs.Configuration;

/// <summary>A key whose name changed.</summary>
/// <param name="Old">The last segments of its old path, <c>Section:Key</c>; a segment <c>*</c> stands for any one.</param>
/// <param name="Name">Its name now, the last segment alone.</param>
internal sealed record RenamedKey(string Old, string Name)
{
    private readonly string[] _segments = Old.Split(SettingsNode.Separator);

    /// <summary>Whether <paramref name="path"/> ends in the old name, whatever sections lie above it.</summary>
    public bool Holds(string path)
    {
        string[] parts = path.Split(SettingsNode.Separator);
        return parts.Length >= _segments.Length
            && _segments.Reverse().Zip(parts.Reverse()).All(p => p.First == "*" || p.First.Equals(p.Second, StringComparison.OrdinalIgnoreCase));
    }
}

/// <summary>
/// Keys that are accepted under their old names for one version, so that a configuration of the version before still opens: the value counts, and
/// a warning gives the new name. A line here is the whole of a key's renaming; the next version deletes the line.
/// </summary>
internal sealed class RenamedKeys(params IReadOnlyList<RenamedKey> keys)
{
    /// <summary>The keys that this version renamed.</summary>
    public static RenamedKeys OfThisVersion { get; } = new(
        new RenamedKey("Alerts:Every", "CheckInterval"),
        new RenamedKey("Alerts:Within", "Lookback"),
        new RenamedKey("Webhooks:*:Tries", "MaxAttempts"),
        new RenamedKey("Scheduler:Watch", "PollInterval"),
        new RenamedKey("Explore:On", "Enabled"),
        new RenamedKey("Explain:MinimumShare", "MinShare"),
        new RenamedKey("Explain:MinimumTextSimilarity", "MinTextSimilarity"),
        new RenamedKey("Neighbors:MinimumScore", "MinScore"),
        new RenamedKey("Titles:LowerCaseLoses", "DemoteLowerCase"),
        new RenamedKey("Text:Likeness", "SimilarityWeight"),
        new RenamedKey("Text:ColdLikeness", "ColdSimilarityWeight"),
        new RenamedKey("Text:Neighbours", "Neighbors"),
        new RenamedKey("GraphFilter:Neighbours", "Neighbors"),
        new RenamedKey("Sequence:Neighbours", "Neighbors"));

    /// <summary>The keys, in the order in which they were given.</summary>
    public IReadOnlyList<RenamedKey> Keys => keys;

    /// <summary>The name by which <paramref name="node"/> is known now.</summary>
    public string NameOf(SettingsNode node) => keys.FirstOrDefault(k => k.Holds(node.Path))?.Name ?? node.Name;

    /// <summary>A warning for each key that the settings have under its old name. It names the key and its source, and shows no value.</summary>
    public IReadOnlyList<string> Warnings(SettingsNode root) =>
    [
        .. from node in Below(root)
           let name = NameOf(node)
           where name != node.Name
           select $"{node.Path} (from {node.Source}) is now called {Beside(node.Path, name)}; rename it, the next version refuses the old name",
    ];

    /// <summary>The path with its last segment changed to <paramref name="name"/>.</summary>
    public static string Beside(string path, string name) => path[..(path.LastIndexOf(SettingsNode.Separator) + 1)] + name;

    private static IEnumerable<SettingsNode> Below(SettingsNode node) => node.Children.SelectMany(c => Below(c).Prepend(c));
}
