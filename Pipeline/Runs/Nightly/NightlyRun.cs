using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>A night from the outside: options in, published lists out. The only door that the host needs.</summary>
public static class NightlyRun
{
    /// <summary>
    /// Runs a job under the output folder's lock. The report is also given to the observer, for failed runs too.
    /// </summary>
    /// <exception cref="ConfigurationException">Options or request cannot be used (exit code 2); nothing was touched.</exception>
    /// <exception cref="GateRefusedException">A gate failed (exit code 3); what is published stays as it was.</exception>
    /// <exception cref="RunFailedException">The run could not finish (exit code 1); an equal run goes on from its last finished stage.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; an equal run goes on from its last finished stage.</exception>
    public static async Task<RunReport> RunAsync(NightOptions options, RunRequest request, IRunObserver observer, TimeProvider time, CancellationToken cancellation = default)
    {
        options.ResolveDay(time);
        options.Validate();
        try
        {
            using var output = OutputPlace.OpenForWriting(options.Publish, time);
            var engine = new RunEngine(options.Publish.Path, NightGraph.Of(options, output.Folder, output.Ledger), options.Runs, output.Ledger, time, observer);
            return await engine.RunAsync(request, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFailure.Explain(e, "the run", options.Publish.Path) is var explained && !ReferenceEquals(explained, e))
        {
            throw explained;
        }
    }

    /// <summary>What <see cref="RunAsync"/> would run or skip, and why. Touches nothing but takes the lock, so that the answer holds.</summary>
    public static IReadOnlyList<StagePlan> Plan(NightOptions options, RunRequest request, TimeProvider time)
    {
        options.ResolveDay(time);
        options.Validate();
        using var output = OutputPlace.OpenForWriting(options.Publish, time);
        return new RunEngine(options.Publish.Path, NightGraph.Of(options, output.Folder, output.Ledger), options.Runs, output.Ledger, time, NoObserver.Instance).Plan(request);
    }
}
