using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Recommender.Train;

namespace Recsys.Batch.Recommender;

/// <summary>ML.NET's own factorizations under the names of <c>Train:Algorithm</c>.</summary>
public static class RecommenderTrainers
{
    private static int s_registered;

    /// <summary>Adds them to <see cref="TrainerCatalog"/>; called more than once it does so once.</summary>
    public static void Register()
    {
        if (Interlocked.Exchange(ref s_registered, 1) == 1) return;
        TrainerCatalog.Register(LibMfAlgorithms.OneClass, options => new MLNetOneClassTrainer(options.MLNetOneClass));
        TrainerCatalog.Register(LibMfAlgorithms.Square, options => new MLNetSquareTrainer(options.MLNetSquare));
    }
}
