namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary>
/// The categories that are learned: of each path the longest part that enough texts are of, from the most special levels up, so that small categories count to
/// the one above them. Every part of a label is a node, which is as likely as its labels together.
/// </summary>
internal sealed class CategoryLabels
{
    private readonly Dictionary<string, int> _labelOf;
    private readonly string[] _nodes;
    private readonly int[][] _nodesOfLabel;
    private readonly int[][] _children;

    private CategoryLabels(Dictionary<string, string> labelOf)
    {
        Names = [.. labelOf.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _labelOf = labelOf.ToDictionary(l => l.Key, l => Array.BinarySearch(Names, l.Value, StringComparer.Ordinal), StringComparer.Ordinal);
        _nodes = [.. Names.SelectMany(Parts).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        _nodesOfLabel = Array.ConvertAll(Names, name => Parts(name).Select(Node).ToArray());
        // The last one's children are the most general categories.
        _children = [.. _nodes.Append(null).Select(
            above => Enumerable.Range(0, _nodes.Length).Where(n => Above(_nodes[n]) == above).ToArray())];
    }

    /// <summary>Paths in ordinal order.</summary>
    public string[] Names { get; }

    /// <param name="paths">One a text.</param>
    /// <param name="minTexts">Texts that a label must have.</param>
    /// <param name="maxLabels">Labels at most; where there are more, each must have more texts.</param>
    public static CategoryLabels Of(IReadOnlyList<string> paths, int minTexts, int maxLabels)
    {
        for (int least = minTexts; ; least += Math.Max(1, least / 4))
        {
            var labelOf = Merged(paths, least);
            if (labelOf.Values.Distinct(StringComparer.Ordinal).Count() <= maxLabels) return new CategoryLabels(labelOf);
        }
    }

    /// <summary>The label of a path that was there; -1 where its most general category has too few texts.</summary>
    public int LabelOf(string path) => _labelOf.GetValueOrDefault(path, -1);

    /// <summary>Goes down from the most general categories to the likeliest one as long as that is likely enough.</summary>
    /// <param name="chances">Of each label.</param>
    /// <returns>The path and its probability; null where not even a most general one is likely enough, with the probability of the likeliest.</returns>
    public (string? Path, double Probability) Deepest(ReadOnlySpan<double> chances, double threshold)
    {
        var likely = new double[_nodes.Length];
        for (int label = 0; label < Names.Length; label++)
            foreach (int node in _nodesOfLabel[label]) likely[node] += chances[label];
        var (at, probability) = (_nodes.Length, 0.0);
        while (_children[at].Length > 0)
        {
            int best = _children[at][0];
            foreach (int child in _children[at])
                if (likely[child] > likely[best]) best = child;
            if (likely[best] < threshold) return at < _nodes.Length ? (_nodes[at], probability) : (null, likely[best]);
            (at, probability) = (best, Math.Min(1, likely[best]));
        }
        return (_nodes[at], probability);
    }

    /// <summary>Whether a path is another one, or above it.</summary>
    public static bool Holds(string above, string path) =>
        path.StartsWith(above, StringComparison.Ordinal) && (path.Length == above.Length || path[above.Length] == '/');

    private static Dictionary<string, string> Merged(IReadOnlyList<string> paths, int least)
    {
        var labelOf = paths.Distinct(StringComparer.Ordinal).ToDictionary(p => p, string? (p) => p, StringComparer.Ordinal);
        var texts = paths.GroupBy(p => p, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal);
        for (int depth = labelOf.Keys.Select(Depth).DefaultIfEmpty().Max(); depth > 0; depth--)
        {
            foreach (var of in labelOf.Where(l => l.Value is { } label && Depth(label) == depth).GroupBy(l => l.Value!, StringComparer.Ordinal).ToArray())
            {
                if (of.Sum(l => texts[l.Key]) >= least) continue;
                foreach (var (path, _) in of.ToArray()) labelOf[path] = Above(of.Key);
            }
        }
        return labelOf.Where(l => l.Value is not null).ToDictionary(l => l.Key, l => l.Value!, StringComparer.Ordinal);
    }

    private int Node(string path) => Array.BinarySearch(_nodes, path, StringComparer.Ordinal);

    private static int Depth(string path) => path.Count(c => c == '/') + 1;

    private static string? Above(string path) => path.LastIndexOf('/') is > 0 and var end ? path[..end] : null;

    private static IEnumerable<string> Parts(string path)
    {
        for (string? part = path; part is not null; part = Above(part)) yield return part;
    }
}
