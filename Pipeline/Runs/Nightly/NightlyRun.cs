using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Delta;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Shards;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>A night from the outside: options in, published lists out. Entry point for the host.</summary>
internal static class NightlyRun
{
    /// <summary>
    /// Runs a job as the output store's one writer. The report is also given to the observer, for failed runs too; progress and log go to the operations
    /// ledger, where every host sees them.
    /// </summary>
    /// <param name="holder">Who is at work, as others are told; null is this process.</param>
    /// <param name="workers">Delivers shards of materialize to workers; null where there are none, and all lists are made here.</param>
    /// <exception cref="ConfigurationException">Options or request cannot be used (exit code 2); nothing was touched.</exception>
    /// <exception cref="GateRefusedException">A gate failed (exit code 3); what is published stays as it was.</exception>
    /// <exception cref="RunFailedException">The run could not finish (exit code 1); an equal run resumes from its last finished stage.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; an equal run resumes from its last finished stage.</exception>
    /// <exception cref="OutputLockedException">Another one is the store's writer (exit code 1); nothing was touched.</exception>
    public static Task<RunReport> RunAsync(
        PipelineOptions options, RunRequest request, IRunObserver observer, TimeProvider time, WriterInfo? holder = null, IShardDispatcher? workers = null,
        CancellationToken cancellation = default)
    {
        options.ResolveDay(time);
        options.Validate(request.Job);
        holder ??= new WriterInfo(WriterInfo.ThisNode, request.Job);
        return WriteAsync(
            options, holder, time,
            async (output, lease, stop) =>
            {
                var shards = workers is not null && options.Runs.Shards > 1
                    ? new ShardCoordinator(output.Operations, options, holder.Node, time, workers)
                    : null;
                var engine = new RunEngine(
                    options.Publish.Path, Graph(request, options, output, shards), options.Runs, output.Ledger, time,
                    new CompositeObserver(observer, new LedgerObserver(output.Operations, time)), lease)
                {
                    Current = () => output.Store.Current is { } current ? output.Store.Find(current) : null,
                };
                var report = await engine.RunAsync(request, stop).ConfigureAwait(false);
                Tidy(output.Operations, options.Runs, time);
                return report;
            },
            cancellation);
    }

    private static void Withdraw(OperationsLedger ledger, LeaseKeeper lease)
    {
        try
        {
            ledger.WithdrawShards(lease.Grant);
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // The next writer does it as it begins.
        }
    }

    private static void Tidy(OperationsLedger ledger, RunsOptions options, TimeProvider time)
    {
        try
        {
            LedgerRetention.Prune(ledger, options, time);
        }
        catch (Exception e) when (LedgerOutage.Is(e))
        {
            // The night is through; the next one tidies up.
        }
    }

    /// <summary>
    /// Does <paramref name="work"/> as the output store's one writer: under its lease, whose heartbeat goes on meanwhile, and its folder's lock.
    /// </summary>
    /// <param name="work">Is given the store, the lease, and a token that is cancelled by the caller or by the lease's loss.</param>
    /// <exception cref="OutputLockedException">Another one is the store's writer.</exception>
    /// <exception cref="LeaseLostException">The lease was lost on the way: another one goes on with the work.</exception>
    public static async Task<T> WriteAsync<T>(
        PipelineOptions options, WriterInfo holder, TimeProvider time, Func<OutputConnection, LeaseKeeper, CancellationToken, Task<T>> work,
        CancellationToken cancellation)
    {
        string folder = options.Publish.Path;
        try
        {
            using var shared = OutputConnection.OpenForServing(options.Publish, time);
            using var lease = StoreLease.Take(shared, folder, holder, options.Runs.LeaseTerm, time);
            using var output = OutputConnection.OpenForWriting(options.Publish, time, lease.Grant);
            // What a writer that died left to workers, and what this one leaves however it ends, is not a run's any more.
            output.Operations.WithdrawShards(lease.Grant);
            try
            {
                return await StoreLease.WorkAsync(lease, stop => work(output, lease, stop), cancellation).ConfigureAwait(false);
            }
            finally
            {
                Withdraw(output.Operations, lease);
            }
        }
        catch (Exception e) when (DiskFailure.Explain(e, "the run", folder) is var explained && !ReferenceEquals(explained, e))
        {
            throw explained;
        }
    }

    /// <summary>The same for work that is done in a moment.</summary>
    public static T Write<T>(PipelineOptions options, WriterInfo holder, TimeProvider time, Func<OutputConnection, T> work)
    {
        using var shared = OutputConnection.OpenForServing(options.Publish, time);
        using var lease = StoreLease.Take(shared, options.Publish.Path, holder, options.Runs.LeaseTerm, time);
        using var output = OutputConnection.OpenForWriting(options.Publish, time, lease.Grant);
        return work(output);
    }

    /// <summary>Looks at options and request without touching anything.</summary>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    public static void Check(PipelineOptions options, RunRequest request)
    {
        options.Validate(request.Job);
        if (request.Job == StageNames.Feedback) options.Feedback.RequireLogs();
        if (request is { Job: RunRequest.Delta, From: StageNames.Train or StageNames.Rank or StageNames.Evaluate })
        {
            throw new ConfigurationException(
                $"from is '{request.From}'; a delta takes that stage over from the published version: run nightly --from {request.From}");
        }
        if (request.From is { } from && !StageNames.All.Contains(from))
            throw new ConfigurationException($"from is '{from}'; expected one of {string.Join(", ", StageNames.All)}");
    }

    /// <summary>
    /// What <see cref="RunAsync"/> would run or skip, and why. Touches nothing but is the store's writer meanwhile, so that the answer holds.
    /// </summary>
    public static IReadOnlyList<StagePlan> Plan(PipelineOptions options, RunRequest request, TimeProvider time)
    {
        options.ResolveDay(time);
        options.Validate(request.Job);
        return Write(options, new WriterInfo(WriterInfo.ThisNode, "plan"), time, output =>
            new RunEngine(options.Publish.Path, Graph(request, options, output, shards: null), options.Runs, output.Ledger, time, NoObserver.Instance)
                .Plan(request));
    }

    private static StageGraph Graph(RunRequest request, PipelineOptions options, OutputConnection output, ShardCoordinator? shards) =>
        request.Job == RunRequest.Delta
        ? DeltaGraph.Of(options, output.Folder, output.Ledger)
        : PipelineGraph.Of(options, output.Folder, output.Ledger, shards, between: request.Job is StageNames.Ingest or StageNames.Experiment);
}
