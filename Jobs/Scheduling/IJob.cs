using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>Something that the scheduler can run.</summary>
internal interface IJob
{
    /// <summary>One of <see cref="JobNames"/>.</summary>
    string Name { get; }

    /// <summary>Looks at the parameters of a request before it is enqueued.</summary>
    /// <exception cref="ConfigurationException">They cannot be used.</exception>
    void Check(IReadOnlyDictionary<string, string> parameters);

    /// <summary>Does the work once.</summary>
    /// <returns>What came of it in a sentence; null where there is nothing to say.</returns>
    /// <exception cref="OutputLockedException">Another one writes to the output store.</exception>
    /// <exception cref="GateRefusedException">A gate refused; it is not tried again.</exception>
    Task<string?> RunAsync(JobWork work);
}

/// <summary>One attempt at an execution.</summary>
/// <param name="Node">This host, as leases name it.</param>
/// <param name="Observer">Is told what happens in a run; the first event gives the execution its run.</param>
internal sealed record JobWork(LedgerExecution Execution, string Node, IRunObserver Observer, CancellationToken Cancellation);
