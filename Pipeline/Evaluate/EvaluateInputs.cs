using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>A model under the name that reports give it, scoring by <see cref="HoldOut.Train"/>.</summary>
internal sealed record EvaluatedModel(string Name, IBlockScorer Scorer)
{
    /// <summary>Name of the serving model's lists as they are published.</summary>
    public const string Lists = "diversified";

    /// <summary>Makes lists of candidates, as they are published; null measures the candidates as they are ranked.</summary>
    public Func<CandidateBlock, RecommendationBlock>? ListsOf { get; init; }

    /// <summary>Candidates a user for <see cref="ListsOf"/>; at least the longest K is taken.</summary>
    public int Candidates { get; init; }
}

/// <param name="Models">The serving model first, baselines after it.</param>
internal sealed record EvaluateInputs(HoldOut HoldOut, IReadOnlyList<EvaluatedModel> Models, ICandidateRetriever Retriever)
{
    /// <summary>Models whose scores are ratings, by the names that reports give them; measured where the hold-out has ratings.</summary>
    public IReadOnlyList<(string Name, IPairScorer Scorer)> RatingModels { get; init; } = [];

    /// <summary>Where <c>ild</c> is measured, the same for all models: the space that lists are diversified in; null leaves it out.</summary>
    public EmbeddingTable? Embeddings { get; init; }

    /// <summary>Where <c>ild_model</c> is measured: the serving model's space; null leaves it out.</summary>
    public EmbeddingTable? ModelSpace { get; init; }

    /// <summary>Where <c>ild_text</c> is measured: the text encoder's space; null leaves it out.</summary>
    public EmbeddingTable? TextSpace { get; init; }

    /// <summary>Whose categories calibration and category distance are measured by; null leaves them out.</summary>
    public Catalog? Catalog { get; init; }

    /// <summary>Groups of items whose share of the lists' places is told, beside bands of popularity.</summary>
    public IReadOnlyList<Grouping> ItemGroups { get; init; } = [];

    /// <summary>Groups of users whose accuracy is told, beside bands of activity.</summary>
    public IReadOnlyList<Grouping> UserGroups { get; init; } = [];

    /// <summary>Items that may be ranked; null is all.</summary>
    public bool[]? Allowed { get; init; }
}
