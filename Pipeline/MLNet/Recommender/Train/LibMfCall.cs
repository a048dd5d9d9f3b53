using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.Recommender;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Recommender.Train;

/// <summary>One label of the matrix, indices from 0.</summary>
internal sealed class MatrixEntry
{
    public uint User { get; set; }

    public uint Item { get; set; }

    public float Label { get; set; }
}

/// <summary>
/// Runs ML.NET's matrix factorization over a stream of labels and takes the factors out. Users are matrix rows (LIBMF's P), items its columns (Q). In memory at
/// its peak: 48 bytes a label, and 3 copies of all
/// factors beside ours.
/// </summary>
internal static class LibMfCall
{
    /// <summary>The users' and items' factors, 0 where a user or item has no interactions.</summary>
    /// <param name="entries">May give one object again and again.</param>
    /// <exception cref="RunFailedException">Factors are no finite numbers, or there would be more than the library can count.</exception>
    public static FactorModel Run(
        IEnumerable<MatrixEntry> entries, MatrixFactorizationTrainer.Options options, InteractionMatrix interactions, string algorithm, StageContext context)
    {
        RequireRoom(interactions.Users, "users", options.ApproximationRank, algorithm);
        RequireRoom(interactions.Items, "items", options.ApproximationRank, algorithm);
        options.MatrixRowIndexColumnName = nameof(MatrixEntry.User);
        options.MatrixColumnIndexColumnName = nameof(MatrixEntry.Item);
        options.LabelColumnName = nameof(MatrixEntry.Label);
        // Otherwise the library writes to standard output, past every redirection that .NET knows.
        options.Quiet = true;

        var ml = new MLContext();
        var schema = SchemaDefinition.Create(typeof(MatrixEntry));
        // Without a count of its own a key would reach to the largest value that its type has.
        schema[nameof(MatrixEntry.User)].ColumnType = new KeyDataViewType(typeof(uint), interactions.Users);
        schema[nameof(MatrixEntry.Item)].ColumnType = new KeyDataViewType(typeof(uint), interactions.Items);
        var data = ml.Data.LoadFromEnumerable(entries, schema);

        context.Progress.Step(algorithm, 0, options.NumberOfIterations, "iterations");
        var found = NativeCall.Run(() => ml.Recommendation().Trainers.MatrixFactorization(options).Fit(data).Model, context.Cancellation);
        context.Progress.Step(algorithm, options.NumberOfIterations, options.NumberOfIterations, "iterations");
        RequireShape(found, interactions, algorithm);
        return new FactorModel(
            Factors(found.LeftFactorMatrix, interactions.ByUser, found.ApproximationRank, "users", algorithm),
            Factors(found.RightFactorMatrix, interactions.ByItem, found.ApproximationRank, "items", algorithm));
    }

    // The library multiplies rows and rank in 32 bits, where too many would end the process and not the night.
    private static void RequireRoom(int rows, string what, int rank, string algorithm)
    {
        if ((long)rows * rank > int.MaxValue)
            throw new RunFailedException(string.Create(
                CultureInfo.InvariantCulture,
                $"{algorithm}: {rows} {what} x {rank} factors are more than the {int.MaxValue} numbers that the library can hold; "
                + $"lower Rank to at most {int.MaxValue / rows}, or take ials"));
    }

    private static void RequireShape(MatrixFactorizationModelParameters found, InteractionMatrix interactions, string algorithm)
    {
        if (found.NumberOfRows != interactions.Users || found.NumberOfColumns != interactions.Items)
        {
            throw new RunFailedException(
                $"{algorithm}: the library gave factors of {found.NumberOfRows} x {found.NumberOfColumns} where the matrix has {interactions.Users} users x "
                + $"{interactions.Items} items; expected the same");
        }
    }

    private static FactorMatrix Factors(IReadOnlyList<float> values, SparseRows rows, int rank, string what, string algorithm)
    {
        var factors = new FactorMatrix(rows.Rows, rank);
        int wrong = 0;
        int first = -1;
        for (int row = 0; row < rows.Rows; row++)
        {
            if (rows.RowLength(row) == 0) continue;
            var to = factors.Row(row);
            bool finite = true;
            for (int k = 0; k < rank; k++)
            {
                to[k] = values[row * rank + k];
                finite &= float.IsFinite(to[k]);
            }
            if (finite) continue;
            wrong++;
            if (first < 0) first = row;
        }
        if (wrong == 0) return factors;
        throw new RunFailedException(string.Create(
            CultureInfo.InvariantCulture,
            $"{algorithm}: the factors of {wrong} of {rows.Rows} {what} (the first is row {first}, with {rows.RowLength(first)} pairs) are no finite numbers, "
            + $"expected finite ones: training diverged; lower LearningRate or raise Lambda"));
    }
}
