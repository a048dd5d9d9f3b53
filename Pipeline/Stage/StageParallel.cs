using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Stage;

/// <summary>Independent pieces of a stage's work, on its threads and until it is cancelled (<see cref="ParallelFor"/>).</summary>
internal static class StageParallel
{
    /// <summary>Calls <paramref name="body"/> once for each piece in [0, <paramref name="count"/>).</summary>
    public static void ForEachPiece(this StageContext context, int count, Action<int> body) =>
        ParallelFor.Run(count, context.Threads, body, context.Cancellation);

    /// <summary>As above, with one workspace a worker.</summary>
    public static void ForEachPiece<TWorkspace>(this StageContext context, int count, Func<TWorkspace> workspace, Action<int, TWorkspace> body) =>
        ParallelFor.Run(count, context.Threads, workspace, body, context.Cancellation);
}
