using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>What a diversifier is made from.</summary>
/// <param name="Embeddings">What similarity is taken from.</param>
/// <param name="Lambda">Weight of diversity beside relevance, 0 to 1.</param>
internal sealed record DiversifierInputs(EmbeddingTable Embeddings, double Lambda);

/// <summary>A diversifier as configuration names it.</summary>
/// <param name="Name">What <c>Diversify:Method</c> and <c>Sweep:Methods</c> say, in lower case.</param>
/// <param name="Create">Called once for each lambda of a run.</param>
internal sealed record DiversifierDefinition(string Name, Func<DiversifierInputs, IDiversifier> Create);

/// <summary>The diversifiers by name. A new one is a class with its definition, and a line here.</summary>
internal static class DiversifierCatalog
{
    /// <summary>The name of no diversifier: the best N by relevance.</summary>
    public const string None = "none";

    private static readonly DiversifierDefinition[] s_all =
    [
        MaximalMarginalRelevance.Definition,
    ];

    /// <summary>All names, <see cref="None"/> first.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, .. s_all.Select(d => d.Name)];

    /// <summary>The name as the catalog writes it; <paramref name="name"/> itself where it is unknown. Upper and lower case are one.</summary>
    public static string Known(string name) => Names.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    /// <summary>The diversifier of <paramref name="method"/>; the order of scores without a space in which items are near or far.</summary>
    /// <exception cref="ArgumentException">There is no diversifier of that name.</exception>
    public static IDiversifier Create(string method, EmbeddingTable? embeddings, double lambda)
    {
        if (method == None || embeddings is null) return new ScoreOrder();
        var definition = s_all.FirstOrDefault(d => d.Name == method)
            ?? throw new ArgumentException($"unknown diversifier '{method}'; expected one of {string.Join(", ", Names)}", nameof(method));
        return definition.Create(new DiversifierInputs(embeddings, lambda));
    }
}
