using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Clusters;

/// <summary>Items grouped by meaning.</summary>
/// <param name="ClusterOf">The cluster of each item; -1 where nothing is said of it.</param>
/// <param name="Names">One a cluster, by its words.</param>
/// <param name="Cohesion">Mean cosine of an item to its cluster's centre.</param>
internal sealed record ItemClusters(int[] ClusterOf, string[] Names, double Cohesion)
{
    /// <summary>Null where clusters are turned off, or fewer than two items have text.</summary>
    public static ItemClusters? Of(EmbeddingTable text, IReadOnlyList<string?> titles, ClusterOptions options, StageContext context)
    {
        int[] known = [.. Enumerable.Range(0, text.Items).Where(i => text.Vectors.Row(i).ContainsAnyExcept(0f))];
        if (options.IsOff || known.Length < 2) return null;
        var points = new FactorMatrix(known.Length, text.Dimension);
        for (int p = 0; p < known.Length; p++) text.Vectors.Row(known[p]).CopyTo(points.Row(p));
        int count = options.CountFor(known.Length);
        var fit = SphericalKMeans.Fit(points, count, options.Iterations, context);
        var clusterOf = new int[text.Items];
        clusterOf.AsSpan().Fill(-1);
        for (int p = 0; p < known.Length; p++) clusterOf[known[p]] = fit.ClusterOf[p];
        return new ItemClusters(clusterOf, ClusterNames.Of(titles, clusterOf, count, options.NameWords), fit.Cohesion);
    }

    /// <summary>
    /// The catalog with clusters for categories, where too few items have one of their own; else the catalog as it is. An own category always stays.
    /// </summary>
    public static Catalog Fill(Catalog catalog, EmbeddingTable? text, ClusterOptions options, StageContext context)
    {
        if (text is null || options.IsOff) return catalog;
        int without = 0, known = 0;
        for (int i = 0; i < catalog.Items; i++)
        {
            if (!text.Vectors.Row(i).ContainsAnyExcept(0f)) continue;
            known++;
            if (string.IsNullOrEmpty(catalog.Categories[i])) without++;
        }
        if (known == 0 || without < options.MissingShare * known || Of(text, catalog.Titles, options, context) is not { } clusters) return catalog;
        context.Progress.Metric("clusters.count", clusters.Names.Length);
        context.Progress.Metric("clusters.cohesion", clusters.Cohesion);
        return With(
            catalog,
            [.. catalog.Categories.Select((c, i) => string.IsNullOrEmpty(c) && clusters.ClusterOf[i] >= 0 ? clusters.Names[clusters.ClusterOf[i]] : c)]);
    }

    /// <summary>The catalog with other categories.</summary>
    public static Catalog With(Catalog catalog, string?[] categories) => new()
    {
        Titles = catalog.Titles,
        Categories = categories,
        Brands = catalog.Brands,
        Texts = catalog.Texts,
        Prices = catalog.Prices,
        Available = catalog.Available,
        TextHashes = catalog.TextHashes,
        Parents = catalog.Parents,
        Variants = catalog.Variants,
        Added = catalog.Added,
    };
}
