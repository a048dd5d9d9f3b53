using Microsoft.ML;
using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.MLNet;

/// <summary>
/// Implicit ALS (<see cref="AlsOptions"/> states the objective) as an ML.NET estimator. The label is the strength of an interaction, which <see cref="AlsOptions.Confidence"/> turns into its weight, 1 for all by default.
/// What it fits is ML.NET's own matrix factorization transformer: column <c>Score</c>, NaN where a key is missing (0) and 0 for users and items without interactions.
/// </summary>
public sealed class ImplicitAlsEstimator : IEstimator<MatrixFactorizationPredictionTransformer>
{
    private readonly RecommendationCatalog.RecommendationTrainers _trainers;
    private readonly ImplicitAlsOptions _options;

    internal ImplicitAlsEstimator(RecommendationCatalog.RecommendationTrainers trainers, ImplicitAlsOptions options)
    {
        options.Require(options.Als);
        _trainers = trainers;
        _options = options;
    }

    /// <exception cref="Errors.RecsysException">A column is missing or of another type, a label is negative, or training diverged.</exception>
    public MatrixFactorizationPredictionTransformer Fit(IDataView input)
    {
        var interactions = LabelledPairs.Read(input, _options);
        var model = (AlsModel)new AlsTrainer(_options.Als).Train(interactions, _options.Context());
        return FactorTransformer.Make(_trainers, input.Schema, _options, model.Factors);
    }

    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => RecommenderSchema.Output(_trainers, _options, inputSchema);
}
