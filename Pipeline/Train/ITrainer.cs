using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>An algorithm that makes a model from interactions. Same input, seed and options give the same bits for any thread count.</summary>
internal interface ITrainer
{
    /// <summary>The name under which configuration asks for it: <c>ials</c>, <c>ease</c>, <c>popularity</c>, ...</summary>
    string Algorithm { get; }

    ITrainedModel Train(InteractionMatrix interactions, StageContext context);

    /// <summary>Trains with what is known of the items themselves; an algorithm that has no use for it learns from the interactions alone.</summary>
    /// <param name="content">Aligned with the matrix's items; null where nothing is known.</param>
    ITrainedModel Train(InteractionMatrix interactions, ItemContent? content, StageContext context) => Train(interactions, context);
}

/// <summary>What training gives: enough to score every user and item of the matrix, to be kept in an artifact and read back bit for bit.</summary>
internal interface ITrainedModel
{
    string Algorithm { get; }

    int Items { get; }

    /// <summary>
    /// Scores users by their rows of <paramref name="history"/> (the training matrix, or rows that came after: fold-in).
    /// Where the training matrix itself is given, trained user factors are used as they are.
    /// </summary>
    IBlockScorer ScorerFor(InteractionMatrix history, StageContext context);

    /// <summary>Items as unit vectors in the model's own space, for diversity without text; null where the model has no such space.</summary>
    EmbeddingTable? ItemEmbeddings { get; }

    /// <summary>
    /// Writes sections <c>name.*</c>, so that one artifact may hold several models (an ensemble's members); use <see cref="TrainedModels.Save"/>, which
    /// also keeps the algorithm's name for loading.
    /// </summary>
    void Save(ArtifactWriter to, string name);
}
