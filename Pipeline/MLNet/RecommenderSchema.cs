using Microsoft.ML;
using Microsoft.ML.Trainers;

namespace Recsys.Batch.Pipeline.MLNet;

internal static class RecommenderSchema
{
    /// <summary>The input and <c>Score</c>, checked as ML.NET checks its own trainer's columns.</summary>
    public static SchemaShape Output(RecommendationCatalog.RecommendationTrainers trainers, RecommenderOptions options, SchemaShape input) =>
        trainers.MatrixFactorization(new MatrixFactorizationTrainer.Options
        {
            MatrixColumnIndexColumnName = options.MatrixColumnIndexColumnName,
            MatrixRowIndexColumnName = options.MatrixRowIndexColumnName,
            LabelColumnName = options.LabelColumnName,
        }).GetOutputSchema(input);
}
