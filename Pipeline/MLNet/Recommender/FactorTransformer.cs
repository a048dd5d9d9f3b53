using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.MLNet.Estimators;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Recommender;

/// <summary>
/// Factors of ours as ML.NET's own transformer, so that all it knows works on them: scoring in a pipeline, <c>Evaluate</c>, <c>Model.Save</c> and
/// <c>Model.Load</c>, also in a program that has nothing of ours.
/// ML.NET makes such a transformer by training alone. So its trainer runs one pass over two cells of a matrix of that size, and its factors are then replaced.
/// </summary>
internal static class FactorTransformer
{
    /// <param name="trainers">Whose environment the transformer lives in.</param>
    /// <param name="schema">Of the training data, with the columns that <paramref name="columns"/> names.</param>
    public static MatrixFactorizationPredictionTransformer Make(
        RecommendationCatalog.RecommendationTrainers trainers, DataViewSchema schema, RecommenderOptions columns, FactorModel factors)
    {
        RequireRoom(factors.Users.Rows, "users", factors.Rank);
        RequireRoom(factors.Items.Rows, "items", factors.Rank);
        var shell = trainers.MatrixFactorization(new MatrixFactorizationTrainer.Options
        {
            MatrixColumnIndexColumnName = columns.MatrixColumnIndexColumnName,
            MatrixRowIndexColumnName = columns.MatrixRowIndexColumnName,
            LabelColumnName = columns.LabelColumnName,
            ApproximationRank = factors.Rank,
            NumberOfIterations = 1,
            NumberOfThreads = 1,
            Quiet = true,
        }).Fit(Corners(schema, columns, factors));
        Replace(shell.Model.LeftFactorMatrix, factors.Users);
        Replace(shell.Model.RightFactorMatrix, factors.Items);
        return shell;
    }

    /// <summary>The first and the last cell, with labels that differ.</summary>
    private static TableView Corners(DataViewSchema schema, RecommenderOptions columns, FactorModel factors) => new TableView(schema, 2)
        .Fill(schema[columns.MatrixRowIndexColumnName], at => at == 0 ? 1u : (uint)factors.Users.Rows)
        .Fill(schema[columns.MatrixColumnIndexColumnName], at => at == 0 ? 1u : (uint)factors.Items.Rows)
        .Fill(schema[columns.LabelColumnName], at => (float)at);

    private static void Replace(IReadOnlyList<float> trained, FactorMatrix by)
    {
        if (trained is not float[] values || values.Length != by.Rows * by.Rank)
            throw new NotSupportedException(
                $"this version of Microsoft.ML.Recommender keeps factors as {trained.GetType()} of {trained.Count}; "
                + $"expected an array of {by.Rows} x {by.Rank}: use the version that Directory.Packages.props pins");
        for (int row = 0; row < by.Rows; row++) by.Row(row).CopyTo(values.AsSpan(row * by.Rank));
    }

    /// <summary>The factors of any such model, rows of NaN as 0 (ML.NET's square loss has them where it saw no label).</summary>
    public static FactorModel FactorsOf(MatrixFactorizationModelParameters model) => new(
        Rows(model.LeftFactorMatrix, model.NumberOfRows, model.ApproximationRank),
        Rows(model.RightFactorMatrix, model.NumberOfColumns, model.ApproximationRank));

    private static FactorMatrix Rows(IReadOnlyList<float> values, int rows, int rank)
    {
        var matrix = new FactorMatrix(rows, rank);
        for (int row = 0; row < rows; row++)
        {
            var to = matrix.Row(row);
            for (int k = 0; k < rank; k++) to[k] = values[row * rank + k];
            if (to.ContainsAny(float.NaN, float.PositiveInfinity, float.NegativeInfinity)) to.Clear();
        }
        return matrix;
    }

    private static void RequireRoom(int rows, string what, int rank)
    {
        if ((long)rows * rank > int.MaxValue)
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{rows} {what} x {rank} factors are more than the {int.MaxValue} numbers that an ML.NET model holds; "
                + $"lower the rank to at most {int.MaxValue / rows}"));
    }
}
