using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Shards;

/// <summary>
/// Makes the blocks of a claimed shard. Blocks are written aside and renamed in, whole and with the same bytes whoever makes them, so that a worker that wakes
/// up after its claim was taken over changes nothing; its claim can no longer be completed.
/// </summary>
internal sealed class ShardMaker(
    OperationsLedger ledger, ShardPlan plan, StageWork work, BlockMaker blocks, string holder, TimeSpan term, IStageProgress progress, TimeProvider time)
{
    /// <returns>False where another worker took the claim over.</returns>
    public bool Make(ShardClaim claim, int threads, CancellationToken cancellation)
    {
        // Below the run, not the stage: what lies in a stage's folder when it ends is its output.
        string scratch = Path.Combine(
            Path.GetDirectoryName(work.Folder)!, ".shards", string.Concat(holder.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')));
        using var heartbeat = new Heartbeat(() => ledger.RenewShard(claim, term), term, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation, heartbeat.Lost);
        try
        {
            var (first, end) = plan.BlocksOf(claim.Shard);
            blocks.Run(first, end, work.Folder, scratch, work.Context with { Threads = threads, Progress = progress, Cancellation = stop.Token });
            return ledger.CompleteShard(claim);
        }
        catch (OperationCanceledException) when (heartbeat.Lost.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is RecsysException or IOException or UnauthorizedAccessException or OperationCanceledException or AggregateException)
        {
            // What woke up late may find the run ended and its folder gone: that is not a failure of the shard.
            if (!ledger.RenewShard(claim, term)) return false;
            ledger.FailShard(claim, e is OperationCanceledException ? $"{holder} stopped" : e.Message);
            throw;
        }
        finally
        {
            if (Directory.Exists(scratch)) Directory.Delete(scratch, recursive: true);
        }
    }
}
