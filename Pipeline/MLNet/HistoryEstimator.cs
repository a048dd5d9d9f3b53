using Microsoft.ML;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.MLNet;

/// <summary>Any trainer of ours as an ML.NET estimator: one whose scores come from a user's history as it is (EASE, item-kNN, ...) and not from factors.</summary>
public sealed class HistoryEstimator : IEstimator<HistoryTransformer>
{
    private readonly RecommendationCatalog.RecommendationTrainers _trainers;
    private readonly RecommenderOptions _options;
    private readonly ITrainer _trainer;

    internal HistoryEstimator(RecommendationCatalog.RecommendationTrainers trainers, RecommenderOptions options, ITrainer trainer)
    {
        _trainers = trainers;
        _options = options;
        _trainer = trainer;
    }

    /// <exception cref="Errors.RecsysException">A column is missing or of another type, a label is negative, or training failed.</exception>
    public HistoryTransformer Fit(IDataView input)
    {
        var interactions = LabelledPairs.Read(input, _options);
        return new HistoryTransformer(_trainer.Train(interactions, _options.Context()), interactions, input.Schema, _options);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => RecommenderSchema.Output(_trainers, _options, inputSchema);
}
