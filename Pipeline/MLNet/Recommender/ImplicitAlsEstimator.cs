using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Recommender;

/// <summary>
/// Implicit ALS (<see cref="AlsOptions"/> states the objective) whose model is ML.NET's own. The label is the strength of an interaction, which <see
/// cref="AlsOptions.Confidence"/> turns into its
/// weight, 1 for all by default. What it fits is ML.NET's matrix factorization transformer: column <c>Score</c>, NaN where a key is missing (0) and 0 for users
/// and items without interactions.
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

    /// <exception cref="Pipeline.Errors.RecsysException">A column is missing or of another type, a label is negative, or training diverged.</exception>
    public MatrixFactorizationPredictionTransformer Fit(IDataView input)
    {
        var interactions = LabelledPairs.Read(input, _options);
        var model = (AlsModel)new AlsTrainer(_options.Als).Train(interactions, _options.Context());
        return FactorTransformer.Make(_trainers, input.Schema, _options, model.Factors);
    }

    /// <summary>The input and <c>Score</c>, checked as ML.NET checks its own trainer's columns.</summary>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => _trainers.MatrixFactorization(new MatrixFactorizationTrainer.Options
    {
        MatrixColumnIndexColumnName = _options.MatrixColumnIndexColumnName,
        MatrixRowIndexColumnName = _options.MatrixRowIndexColumnName,
        LabelColumnName = _options.LabelColumnName,
    }).GetOutputSchema(inputSchema);
}
