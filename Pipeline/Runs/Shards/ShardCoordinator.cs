using System.Globalization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Shards;

/// <summary>
/// The host of a run shares its materialize: posts the shards in the ledger, works on them like any worker, and goes on when the last one is done. A shard
/// whose worker fell silent is taken by another; one that was made twice was made alike.
/// </summary>
/// <param name="holder">This host and process, as claims name it.</param>
/// <param name="dispatcher">Delivers shards to workers.</param>
internal sealed class ShardCoordinator(OperationsLedger ledger, PipelineOptions night, string holder, TimeProvider time, IShardDispatcher dispatcher)
{
    /// <summary>A shard that was given up so often fails wherever it is made.</summary>
    private const int MaxAttempts = 10;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(250);

    public async Task RunAsync(StageWork work, BlockMaker blocks)
    {
        string runFolder = Path.GetDirectoryName(work.Folder)!;
        var plan = ShardPlan.Of(work, night, blocks.Count, Path.GetDirectoryName(runFolder)!);
        Post(work.RunId, plan, runFolder);
        using var dispatched = dispatcher.Dispatch(work.RunId, ledger.Shards(work.RunId).Count(s => s.State != "done"));
        var maker = new ShardMaker(ledger, plan, work, blocks, holder, night.Runs.LeaseTerm, NoProgress.Instance, time);
        var context = work.Context;
        while (true)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            if (ledger.ClaimShard(work.RunId, holder, night.Runs.LeaseTerm) is { } claim)
            {
                maker.Make(claim, context.Threads, context.Cancellation);
                Report(work, plan);
                continue;
            }
            if (Report(work, plan)) break;
            await Task.Delay(Poll, time, context.Cancellation).ConfigureAwait(false);
        }
        foreach (var (by, count) in ledger.Shards(work.RunId).CountBy(s => s.Holder ?? holder).OrderBy(s => s.Key, StringComparer.Ordinal))
            context.Progress.Note(string.Create(CultureInfo.InvariantCulture, $"{count} of {plan.Shards.Count} shards were made by {by}"));
        ledger.ClearShards(work.RunId);
    }

    /// <summary>Shards that an earlier attempt at the same work left are gone on with; those of other work go.</summary>
    private void Post(string runId, ShardPlan plan, string runFolder)
    {
        bool same = File.Exists(Path.Combine(runFolder, ShardPlan.FileName))
            && ShardPlan.Load(runFolder) is { } before && before.Manifest.Hash == plan.Manifest.Hash && before.Shards.SequenceEqual(plan.Shards);
        if (!same) ledger.ClearShards(runId);
        plan.Save(runFolder);
        ledger.PostShards(runId, plan.Manifest.Stage, plan.Shards);
    }

    /// <returns>Whether all shards are done.</returns>
    private bool Report(StageWork work, ShardPlan plan)
    {
        var shards = ledger.Shards(work.RunId);
        int done = shards.Count(s => s.State == "done");
        work.Context.Progress.Step("shards", done, plan.Shards.Count, "shards");
        if (shards.FirstOrDefault(s => s.State != "done" && s.Attempts > MaxAttempts) is { } stuck)
        {
            throw new RunFailedException(
                $"shard {stuck.Shard} was taken {stuck.Attempts} times and never finished: {stuck.Message ?? "its workers fell silent"}; "
                + $"look at the workers' logs, or set Runs:Shards=0");
        }
        return done == plan.Shards.Count;
    }
}
