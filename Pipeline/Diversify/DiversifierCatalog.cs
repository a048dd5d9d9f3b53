using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>What a diversifier is made from. A definition asks only for what it says it needs.</summary>
/// <param name="space">What similarity is taken from.</param>
/// <param name="mixes">Of which categories users' histories are.</param>
/// <param name="lambda">Weight of diversity beside relevance, 0 to 1.</param>
/// <param name="byTaste">Whether a user's weight is that times the breadth of their taste.</param>
/// <param name="window">Entries before a place that it is to be unlike; 0: all.</param>
internal sealed class DiversifierInputs(EmbeddingTable? space, CategoryMixes? mixes, double lambda, bool byTaste = false, int window = 0)
{
    public EmbeddingTable Embeddings => space ?? throw new InvalidOperationException("there is no space that items are near or far in");

    public CategoryMixes Mixes => mixes ?? throw new InvalidOperationException("items have no categories");

    public double Lambda => lambda;

    public int Window => window;

    /// <summary>The same for each user.</summary>
    public UserLambda UserLambda { get; } = new(lambda, byTaste ? mixes : null);

    internal bool Have(DiversifierNeeds needs) =>
        (space is not null || !needs.HasFlag(DiversifierNeeds.Distances)) && (mixes is not null || !needs.HasFlag(DiversifierNeeds.Categories));
}

/// <summary>What a diversifier cannot do without.</summary>
[Flags]
internal enum DiversifierNeeds
{
    Nothing = 0,

    /// <summary>A space that items are near or far in.</summary>
    Distances = 1,

    /// <summary>Categories of items.</summary>
    Categories = 2,
}

/// <summary>A diversifier as configuration names it.</summary>
/// <param name="Name">What <c>Diversify:Method</c> and <c>Sweep:Methods</c> say, in lower case.</param>
/// <param name="Create">Called once for each lambda of a run.</param>
internal sealed record DiversifierDefinition(string Name, Func<DiversifierInputs, IDiversifier> Create)
{
    /// <summary>Where something of it is missing, lists are by relevance.</summary>
    public DiversifierNeeds Needs { get; init; } = DiversifierNeeds.Distances;
}

/// <summary>The diversifiers by name. A new one is a class with its definition, and a line here.</summary>
internal static class DiversifierCatalog
{
    /// <summary>The name of no diversifier: the best N by relevance.</summary>
    public const string None = "none";

    private static readonly DiversifierDefinition[] s_all =
    [
        MaximalMarginalRelevance.Definition,
        Calibration.Definition,
        CalibratedRelevance.Definition,
        Xquad.Definition,
    ];

    /// <summary>All names, <see cref="None"/> first.</summary>
    public static IReadOnlyList<string> Names { get; } = [None, .. s_all.Select(d => d.Name)];

    /// <summary>What <c>Diversify:Method</c> may say: the names, and that the log decides.</summary>
    public static IReadOnlyList<string> Choices { get; } = [AutoDiversityOptions.Name, .. Names];

    /// <summary>The name as the catalog writes it; <paramref name="name"/> itself where it is unknown. Upper and lower case are one.</summary>
    public static string Known(string name) => Choices.FirstOrDefault(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) ?? name;

    /// <summary>The diversifier of <paramref name="method"/>; the order of scores where something that it needs is missing.</summary>
    /// <exception cref="ArgumentException">There is no diversifier of that name.</exception>
    public static IDiversifier Create(string method, EmbeddingTable? space, CategoryMixes? mixes, double lambda, bool byTaste = false, int window = 0)
    {
        var inputs = new DiversifierInputs(space, mixes, lambda, byTaste, window);
        return method == None || !inputs.Have(Find(method).Needs) ? new ScoreOrder() : Find(method).Create(inputs);
    }

    /// <summary>Whether the method does anything with what there is.</summary>
    public static bool Works(string method, EmbeddingTable? space, CategoryMixes? mixes) =>
        method != None && new DiversifierInputs(space, mixes, 0).Have(Find(method).Needs);

    /// <summary>Whether the method is without effect where items have no categories.</summary>
    public static bool NeedsCategories(string method) => method != None && Find(method).Needs.HasFlag(DiversifierNeeds.Categories);

    private static DiversifierDefinition Find(string method) => s_all.FirstOrDefault(d => d.Name == method)
        ?? throw new ArgumentException($"unknown diversifier '{method}'; expected one of {string.Join(", ", Names)}", nameof(method));
}
