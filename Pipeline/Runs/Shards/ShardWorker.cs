using System.Collections.Immutable;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Shards;

/// <summary>Takes shards of any run in the ledger and makes their lists from the run's artifacts, which lie on a path that all hosts share.</summary>
/// <param name="output">The output folder.</param>
/// <param name="holder">This host and process, as claims name it; no two workers share one.</param>
/// <param name="says">Is told what the worker does, a line at a time.</param>
/// <param name="progress">Is told how far the shard at work is.</param>
internal sealed class ShardWorker(
    IOperationsLedger ledger, string output, RunsOptions options, string holder, Action<string> says, TimeProvider time, IStageProgress? progress = null)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly RunFolders _folders = new(output);
    private (string Key, ShardMaker Maker)? _open;

    /// <summary>Shards that this worker finished.</summary>
    public int Finished { get; private set; }

    /// <summary>Works until it is cancelled. What fails goes back to the other workers, with the reason.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            var pause = Poll;
            try
            {
                if (ledger.ClaimShard(holder, options.LeaseTerm) is { } claim)
                {
                    pause = await Task.Run(() => Make(claim, cancellation), CancellationToken.None).ConfigureAwait(false) ? TimeSpan.Zero : options.LeaseTerm;
                }
                else if (_open is { } open && ledger.Shards(open.Key.Split(' ')[0]).Count == 0)
                {
                    // The run is through: its model need not stay in memory.
                    _open = null;
                }
            }
            catch (Exception e) when (LedgerOutage.Is(e))
            {
                says($"the ledger cannot be reached: {e.Message}");
            }
            if (pause > TimeSpan.Zero) await Task.Delay(pause, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <returns>Whether to look for the next shard at once.</returns>
    private bool Make(ShardClaim claim, CancellationToken cancellation)
    {
        try
        {
            bool done = Open(claim, cancellation).Make(claim, options.EffectiveThreads, cancellation);
            if (done) Finished++;
            says(done ? $"shard {claim.Shard} of run {claim.RunId} is done" : $"shard {claim.Shard} of run {claim.RunId} was taken over by another worker");
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            says($"shard {claim.Shard} of run {claim.RunId} is given back");
            return true;
        }
        catch (Exception e) when (e is RecsysException or IOException or UnauthorizedAccessException or AggregateException)
        {
            // A shard that could not even be opened still is this worker's; the others get it with the reason.
            ledger.FailShard(claim, $"{holder}: {e.Message}");
            says($"shard {claim.Shard} of run {claim.RunId} failed: {e.Message}");
            return false;
        }
    }

    private ShardMaker Open(ShardClaim claim, CancellationToken cancellation)
    {
        string runFolder = _folders.Of(claim.RunId);
        var plan = ShardPlan.Load(runFolder);
        string key = $"{claim.RunId} {plan.Manifest.Hash}";
        if (_open is { } open && open.Key == key) return open.Maker;
        _open = null;
        if (plan.Code != StagePlanner.CodeIdentity)
            throw new RunFailedException($"run {claim.RunId} was begun by another build of the program; a worker has to be of the same build");
        string runs = Path.GetDirectoryName(runFolder)!;
        var inputs = plan.Inputs.ToImmutableDictionary(
            i => i.Stage, i => new StageInputFolder(Path.GetFullPath(i.Folder, Path.GetFullPath(runs)), new SortedSet<string>(i.Files, StringComparer.Ordinal)), StringComparer.Ordinal);
        var context = new StageContext(options.EffectiveThreads, plan.Manifest.Seed, time, NoProgress.Instance, cancellation);
        var work = new StageWork(claim.RunId, plan.Manifest, _folders.Of(claim.RunId, plan.Manifest.Stage), lastFinished: null, inputs, context);
        var maker = new ShardMaker(ledger, plan, work, PipelineGraph.Materialize(plan.Options(), shards: null).Open(work).Blocks, holder, options.LeaseTerm, progress ?? NoProgress.Instance, time);
        _open = (key, maker);
        return maker;
    }
}
