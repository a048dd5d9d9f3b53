using System.Collections.Immutable;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Shards;

/// <summary>Makes lists of shards that are delivered to it, from the run's artifacts, which lie on a path that all hosts share.</summary>
/// <param name="output">The output folder.</param>
/// <param name="holder">This host and process, as claims name it; no two workers share one.</param>
/// <param name="says">Is told what the worker does, a line at a time.</param>
/// <param name="progress">Is told how far the shard at work is.</param>
internal sealed class ShardWorker(
    OperationsLedger ledger, string output, RunsOptions options, string holder, Action<string> says, TimeProvider time, IStageProgress? progress = null)
{
    private readonly RunFolders _folders = new(output);
    private (string Key, ShardMaker Maker)? _open;

    /// <summary>Shards that this worker finished.</summary>
    public int Finished { get; private set; }

    /// <summary>Makes any shard of a run that nobody has made or is making. Called by one thread at a time.</summary>
    /// <returns>What it did, in a sentence.</returns>
    /// <exception cref="RunFailedException">The shard could not be made; it went back to the other workers, with the reason.</exception>
    public string MakeAny(string runId, CancellationToken cancellation)
    {
        if (ledger.ClaimShard(runId, holder, options.LeaseTerm) is not { } claim) return $"nothing of run {runId} is left to make";
        string name = $"shard {claim.Shard} of run {runId}";
        try
        {
            bool done = Open(claim, cancellation).Make(claim, options.EffectiveThreads, cancellation);
            if (done) Finished++;
            return Said($"{name} {(done ? "is done" : "was taken over by another worker")}");
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Said($"{name} is given back");
            throw;
        }
        catch (Exception e) when (e is RecsysException or IOException or UnauthorizedAccessException or AggregateException)
        {
            // A shard that could not even be opened still is this worker's; the others get it with the reason.
            ledger.FailShard(claim, $"{holder}: {e.Message}");
            string text = Said($"{name} failed: {e.Message}");
            cancellation.ThrowIfCancellationRequested();
            throw new RunFailedException(text, e);
        }
        finally
        {
            // Where nothing is left to take, the run's model need not stay in memory.
            if (ledger.Shards(runId).All(s => s.State != "open")) _open = null;
        }
    }

    private string Said(string text)
    {
        says(text);
        return text;
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
            i => i.Stage,
            i => new StageInputFolder(Path.GetFullPath(i.Folder, Path.GetFullPath(runs)), new SortedSet<string>(i.Files, StringComparer.Ordinal)),
            StringComparer.Ordinal);
        var context = new StageContext(options.EffectiveThreads, plan.Manifest.Seed, time, NoProgress.Instance, cancellation);
        var work = new StageWork(claim.RunId, plan.Manifest, _folders.Of(claim.RunId, plan.Manifest.Stage), lastFinished: null, inputs, context);
        var blocks = PipelineGraph.Materialize(plan.Options(), Path.GetDirectoryName(runs)!, shards: null).Open(work).Blocks;
        var maker = new ShardMaker(ledger, plan, work, blocks, holder, options.LeaseTerm, progress ?? NoProgress.Instance, time);
        _open = (key, maker);
        return maker;
    }
}
