using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine;

/// <summary>One job of Hangfire's for each execution, and which it is.</summary>
internal sealed class ExecutionJobs(JobStorage storage)
{
    /// <summary>Parameter of a job: the schedule whose time it is; empty once it was enqueued again.</summary>
    public const string FiredBy = "FiredBy";

    /// <summary>Parameter of a job: the execution that was asked for in its place.</summary>
    public const string AskedAgain = "AskedAgain";

    private const string Job = "Job";

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(15);

    private readonly BackgroundJobClient _client = new(storage, DeliveryStates.Provider);

    /// <summary>Puts an execution into the queue, or aside until <paramref name="delay"/> has passed; as the job that it has, where it has one.</summary>
    public void Enqueue(string execution, TimeSpan delay)
    {
        IState state = delay > TimeSpan.Zero ? new ScheduledState(delay) : new EnqueuedState();
        using var connection = storage.GetConnection();
        using (connection.AcquireDistributedLock(KeyOf(execution), LockPatience))
        {
            if (Find(execution) is { } known)
            {
                connection.SetJobParameter(known, FiredBy, SerializationHelper.Serialize(""));
                if (_client.ChangeState(known, state, null)) return;
            }
            Create(connection, execution, state, []);
        }
    }

    /// <summary>Puts a schedule's time into the queue.</summary>
    /// <returns>Its job; null where another host has done so.</returns>
    public string? Fire(string execution, string schedule)
    {
        if (Find(execution) is not null) return null;
        using var connection = storage.GetConnection();
        using (connection.AcquireDistributedLock(KeyOf(execution), LockPatience))
            return Find(execution) is null ? Create(connection, execution, new EnqueuedState(), new() { [FiredBy] = schedule }) : null;
    }

    /// <summary>The job of an execution; null where it has none, or none any more.</summary>
    public string? Find(string execution)
    {
        using var connection = storage.GetConnection();
        return connection.GetAllEntriesFromHash(KeyOf(execution))?.GetValueOrDefault(Job) is { } job && connection.GetJobData(job) is not null ? job : null;
    }

    /// <summary>The execution of a job; null where the job is gone or of another kind.</summary>
    public string? ExecutionOf(string job)
    {
        using var connection = storage.GetConnection();
        return connection.GetJobData(job)?.Job is { } found && found.Method.Name == nameof(HangfireDelivery.Execution) ? found.Args[0] as string : null;
    }

    /// <summary>Moves a job; false where it is gone.</summary>
    public bool Move(string job, IState state) => _client.ChangeState(job, state, null);

    /// <summary>Adds a line to a job's history.</summary>
    public void Note(string job, IState line)
    {
        using var connection = storage.GetConnection();
        using var transaction = connection.CreateWriteTransaction();
        transaction.AddJobState(job, line);
        transaction.Commit();
    }

    public void SetAskedAgain(string job, string execution)
    {
        using var connection = storage.GetConnection();
        connection.SetJobParameter(job, AskedAgain, SerializationHelper.Serialize(execution));
    }

    private string Create(IStorageConnection connection, string execution, IState state, Dictionary<string, object> parameters)
    {
        string job = _client.Create(Hangfire.Common.Job.FromExpression<HangfireDelivery>(d => d.Execution(execution, null!)), state, parameters);
        using var transaction = connection.CreateWriteTransaction();
        transaction.SetRangeInHash(KeyOf(execution), [KeyValuePair.Create(Job, job)]);
        ((JobStorageTransaction)transaction).ExpireHash(KeyOf(execution), storage.JobExpirationTimeout * 2);
        transaction.Commit();
        return job;
    }

    private static string KeyOf(string execution) => "recsys:execution:" + execution;
}
