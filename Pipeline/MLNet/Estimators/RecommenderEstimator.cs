using Microsoft.ML;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>A trainer of ours as an ML.NET estimator. The label is the strength of an interaction, as a night's ingest would weigh it.</summary>
public sealed class RecommenderEstimator : IEstimator<RecommenderTransformer>
{
    private readonly MLContext _ml;
    private readonly RecommenderOptions _columns;
    private readonly ITrainer _trainer;

    internal RecommenderEstimator(MLContext ml, RecommenderOptions columns, IStageOptions algorithm, ITrainer trainer)
    {
        columns.Require(algorithm);
        _ml = ml;
        _columns = columns;
        _trainer = trainer;
    }

    /// <exception cref="Errors.RecsysException">A column is missing or of another type, a label is negative, or training failed.</exception>
    public RecommenderTransformer Fit(IDataView input)
    {
        var interactions = LabelledPairs.Read(input, _columns);
        bool[] known = [.. Enumerable.Range(0, interactions.Items).Select(item => interactions.ByItem.RowLength(item) > 0)];
        return new RecommenderTransformer(_ml, _trainer.Train(interactions, _columns.Context()), interactions, known, _columns);
    }

    /// <summary>The input with column <c>Score</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema) => Cell.ShapeOf(_ml, _columns, inputSchema);
}
