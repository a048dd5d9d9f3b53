using Microsoft.ML.Trainers;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.LibMf;

namespace Recsys.Batch.Recommender.Train;

/// <summary>ML.NET's one-class matrix factorization (<see cref="OneClassOptions"/>).</summary>
public sealed class MLNetOneClassTrainer(OneClassOptions options) : ITrainer
{
    public string Algorithm => LibMfAlgorithms.OneClass;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        var factors = LibMfCall.Run(
            Entries(interactions.ByUser, context.Cancellation),
            new MatrixFactorizationTrainer.Options
            {
                LossFunction = MatrixFactorizationTrainer.LossFunctionType.SquareLossOneClass,
                ApproximationRank = options.Rank,
                NumberOfIterations = options.Iterations,
                Lambda = options.Lambda,
                Alpha = options.Alpha,
                C = options.C,
                NumberOfThreads = options.Threads,
            },
            interactions,
            Algorithm,
            context);
        return new LibMfModel(factors, FoldInRule.Of(options), HistoryFingerprint.Of(interactions.ByUser));
    }

    private static IEnumerable<MatrixEntry> Entries(SparseRows rows, CancellationToken cancellation)
    {
        var entry = new MatrixEntry { Label = 1 };
        for (int user = 0; user < rows.Rows; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            entry.User = (uint)user;
            for (int k = rows.Pointers[user]; k < rows.Pointers[user + 1]; k++)
            {
                entry.Item = (uint)rows.Indices[k];
                yield return entry;
            }
        }
    }
}
