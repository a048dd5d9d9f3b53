using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Leases;

namespace Recsys.Batch.Jobs.Scheduling.Work;

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

/// <summary>One attempt at a job.</summary>
/// <param name="Holder">Who is at work, as the store's lease names it: this host and Hangfire's job.</param>
/// <param name="Observer">Is told what happens in a run.</param>
internal sealed record JobWork(JobOrder Order, WriterInfo Holder, IRunObserver Observer, CancellationToken Cancellation)
{
    /// <summary>User name, or <c>schedule</c>.</summary>
    public string RequestedBy { get; init; } = "schedule";
}
