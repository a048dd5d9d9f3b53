using System.Collections.Concurrent;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>A job that does what its test says, and counts.</summary>
internal sealed class TestJob(string name) : IJob
{
    private int _runs;

    public string Name => name;

    public int Runs => _runs;

    public ConcurrentQueue<JobWork> Seen { get; } = [];

    public Func<JobWork, Task<string?>> Does { get; set; } = _ => Task.FromResult<string?>(null);

    public void Check(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.ContainsKey("wrong")) throw new ConfigurationException("'wrong' is not a parameter of this job");
    }

    public Task<string?> RunAsync(JobWork work)
    {
        Seen.Enqueue(work);
        Interlocked.Increment(ref _runs);
        return Does(work);
    }

    /// <summary>Works until it is cancelled.</summary>
    public static async Task<string?> UntilCancelled(JobWork work)
    {
        await Task.Delay(Timeout.InfiniteTimeSpan, work.Cancellation);
        return null;
    }

    /// <summary>Says that its run has begun.</summary>
    public static void Begin(JobWork work, string run) => work.Observer.On(new RunStarted(run, work.Order.Job, false, []));
}
