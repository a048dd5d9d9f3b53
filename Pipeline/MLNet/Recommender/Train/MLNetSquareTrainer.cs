using System.Globalization;
using Microsoft.ML.Trainers;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.LibMf;

namespace Recsys.Batch.Recommender.Train;

/// <summary>ML.NET's square-loss matrix factorization (<see cref="SquareOptions"/>).</summary>
public sealed class MLNetSquareTrainer(SquareOptions options) : ITrainer
{
    public string Algorithm => LibMfAlgorithms.Square;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var rows = interactions.ByUser;
        var factors = OnlyLabel(rows) is { } label ? Constant(interactions, label) : LibMfCall.Run(
            Entries(rows, context),
            new MatrixFactorizationTrainer.Options
            {
                LossFunction = MatrixFactorizationTrainer.LossFunctionType.SquareLossRegression,
                ApproximationRank = options.Rank,
                NumberOfIterations = options.Iterations,
                Lambda = options.Lambda,
                LearningRate = options.LearningRate,
                NonNegative = options.NonNegative,
                // With more, which thread comes first decides the bits.
                NumberOfThreads = 1,
            },
            interactions,
            Algorithm,
            context);
        return new LibMfModel(factors, FoldInRule.Of(options), HistoryFingerprint.Of(rows));
    }

    /// <summary>The label that all share, or null where they differ. The library divides labels by their deviation, which must not be 0.</summary>
    private float? OnlyLabel(SparseRows rows)
    {
        float first = options.Label.Of(rows.Values[0]);
        for (int k = 0; k < rows.Count; k++)
        {
            float label = options.Label.Of(rows.Values[k]);
            if (!float.IsFinite(label) || !(rows.Values[k] > 0))
                throw new RunFailedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Algorithm}: an interaction with item {rows.Indices[k]} has value {rows.Values[k]}; "
                    + $"expected a positive finite number: check the event weights of ingest"));
            if (label != first) return null;
        }
        if (options.Negatives == 0)
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{Algorithm}: all {rows.Count} labels are {first}; square loss learns from their differences: set Train:MLNetSquare:Negatives above 0, "
                + $"or take {LibMfAlgorithms.OneClass}"));
        for (int user = 0; user < rows.Rows; user++)
            if (NegativePairs.CountFor(rows.RowLength(user), rows.Columns, options.Negatives) > 0) return null;
        return first;
    }

    /// <summary>Every user has every item: one factor says so.</summary>
    private FactorModel Constant(InteractionMatrix interactions, float label)
    {
        return new FactorModel(Rows(interactions.ByUser), Rows(interactions.ByItem));

        FactorMatrix Rows(SparseRows rows)
        {
            var factors = new FactorMatrix(rows.Rows, options.Rank);
            for (int row = 0; row < rows.Rows; row++)
                if (rows.RowLength(row) > 0) factors.Row(row)[0] = MathF.Sqrt(label);
            return factors;
        }
    }

    private IEnumerable<MatrixEntry> Entries(SparseRows rows, StageContext context)
    {
        var entry = new MatrixEntry();
        var drawn = new List<int>();
        for (int user = 0; user < rows.Rows; user++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            entry.User = (uint)user;
            for (int k = rows.Pointers[user]; k < rows.Pointers[user + 1]; k++)
            {
                entry.Item = (uint)rows.Indices[k];
                entry.Label = options.Label.Of(rows.Values[k]);
                yield return entry;
            }
            NegativePairs.Draw(rows, user, options.Negatives, context.Seed, drawn);
            entry.Label = 0;
            foreach (int item in drawn)
            {
                entry.Item = (uint)item;
                yield return entry;
            }
        }
    }
}
