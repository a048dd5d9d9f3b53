namespace Recsys.Batch.Pipeline.Data;

/// <summary>Items' category paths as numbers: every prefix of a path is a node.</summary>
internal sealed class CategoryPaths
{
    private readonly int[][] _nodes;

    public CategoryPaths(Catalog catalog)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var tops = new Dictionary<string, int>(StringComparer.Ordinal);
        _nodes = new int[catalog.Items][];
        Top = new int[catalog.Items];
        for (int item = 0; item < catalog.Items; item++)
        {
            string? path = catalog.Categories[item];
            if (string.IsNullOrEmpty(path))
            {
                _nodes[item] = [];
                Top[item] = -1;
                continue;
            }
            var parts = path.Split('/');
            _nodes[item] = new int[parts.Length];
            int end = 0;
            for (int level = 0; level < parts.Length; level++)
            {
                end += parts[level].Length + (level > 0 ? 1 : 0);
                _nodes[item][level] = Number(known, path[..end]);
            }
            Top[item] = Number(tops, parts[0]);
        }
        Tops = tops.Count;
    }

    /// <summary>The most general category of an item, -1 where it has none.</summary>
    public int[] Top { get; }

    /// <summary>Number of most general categories.</summary>
    public int Tops { get; }

    /// <summary>1 - levels shared / levels of the longer path: 0 in the same category, 1 with nothing shared; NaN where one has none.</summary>
    public double Distance(int a, int b)
    {
        var x = _nodes[a];
        var y = _nodes[b];
        if (x.Length == 0 || y.Length == 0) return double.NaN;
        int shared = 0;
        while (shared < Math.Min(x.Length, y.Length) && x[shared] == y[shared]) shared++;
        return 1 - (double)shared / Math.Max(x.Length, y.Length);
    }

    private static int Number(Dictionary<string, int> known, string key)
    {
        if (!known.TryGetValue(key, out int number)) known[key] = number = known.Count;
        return number;
    }
}
