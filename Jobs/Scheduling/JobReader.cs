using System.Globalization;
using Hangfire;
using Hangfire.Common;
using Hangfire.States;
using Hangfire.Storage;
using Recsys.Batch.Jobs.Scheduling.Filters;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Scheduling;

/// <summary>
/// Reads jobs from Hangfire's storage by its monitoring API. Jobs of other kinds than <see cref="NightlyJobs"/>, such as those of shards, are not among them.
/// </summary>
internal sealed class JobReader(JobStorage storage)
{
    private const int All = 10_000;

    private static readonly string[] Ends = ["SucceededAt", "FailedAt", "DeletedAt"];

    /// <summary>All jobs that wait or run.</summary>
    public IReadOnlyList<JobFacts> Open() => Find(OpenIds(All)).Where(j => j.IsOpen).ToList();

    /// <summary>The newest jobs in every state, at most <paramref name="limit"/> of each.</summary>
    public IReadOnlyList<JobFacts> Newest(int limit)
    {
        var api = storage.GetMonitoringApi();
        return Find([
            .. OpenIds(limit), .. api.FailedJobs(0, limit).Select(j => j.Key), .. api.DeletedJobs(0, limit).Select(j => j.Key),
            .. api.SucceededJobs(0, limit).Select(j => j.Key)]);
    }

    /// <summary>A job; null where it is gone, or of another kind.</summary>
    public JobFacts? Find(string id)
    {
        using var connection = storage.GetConnection();
        return Find(id, connection);
    }

    /// <summary>The run of a shard's job; null where the job is gone, or of another kind.</summary>
    public string? RunOfShard(string id)
    {
        using var connection = storage.GetConnection();
        return IsId(id, connection) ? ShardJobs.RunOf(connection.GetJobData(id)?.Job) : null;
    }

    private List<JobFacts> Find(IEnumerable<string> ids)
    {
        using var connection = storage.GetConnection();
        return [.. ids.Distinct().Select(id => Find(id, connection)).OfType<JobFacts>().OrderByDescending(j => j.Created)];
    }

    private IEnumerable<string> OpenIds(int limit)
    {
        var api = storage.GetMonitoringApi();
        const string Queue = EnqueuedState.DefaultQueue;
        return [
            .. api.EnqueuedJobs(Queue, 0, limit).Select(j => j.Key), .. api.FetchedJobs(Queue, 0, limit).Select(j => j.Key),
            .. api.ProcessingJobs(0, limit).Select(j => j.Key),
            .. api.ScheduledJobs(0, limit).Select(j => j.Key)];
    }

    private static JobFacts? Find(string id, IStorageConnection connection)
    {
        if (!IsId(id, connection) || connection.GetJobData(
            id) is not { } job || HangfireClient.OrderOf(job.Job) is not { } order || connection.GetStateData(id) is not { } state)
        {
            return null;
        }
        string? node = state.Data.TryGetValue("ServerId", out string? server) ? NodeOf(server) : null;
        string? ended = Ends.Select(e => state.Data.TryGetValue(e, out string? at) ? at : null).FirstOrDefault(at => at is not null);
        return new JobFacts(
            id, order, StateOf(state), Parameter<string>(RequestFilter.RequestedBy) ?? RequestFilter.BySchedule,
            new DateTimeOffset(DateTime.SpecifyKind(job.CreatedAt, DateTimeKind.Utc)),
            ended is null ? null : new DateTimeOffset(JobHelper.DeserializeDateTime(ended)),
            MessageOf(state), Parameter<int>(OutcomeFilter.RetryCount) + 1, Parameter<string>(NightlyJobs.RunId), node);

        T? Parameter<T>(string name) => SerializationHelper.Deserialize<T>(connection.GetJobParameter(id, name), SerializationOption.User);
    }

    /// <summary>The host of one of Hangfire's servers.</summary>
    internal static string NodeOf(string server) => server.Split(':') is { Length: > 2 } parts ? string.Join(':', parts[..^2]) : server;

    /// <summary>An id comes out of an address: PostgreSQL's are numbers, and others are an error there.</summary>
    private static bool IsId(string id, IStorageConnection connection) =>
        connection is not Hangfire.PostgreSql.PostgreSqlConnection || long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static JobState StateOf(StateData state) => state.Name switch
    {
        "Enqueued" => JobState.Queued,
        "Scheduled" or "Awaiting" => JobState.Scheduled,
        "Processing" => JobState.Running,
        "Succeeded" => JobState.Finished,
        "Deleted" => JobState.Deleted,
        _ => state.Data.TryGetValue("ExceptionType", out string? type) && type == typeof(GateRefusedException).FullName ? JobState.Refused : JobState.Failed,
    };

    private static string? MessageOf(StateData state) =>
        state.Data.TryGetValue("ExceptionMessage", out string? message) ? message
        : state.Data.TryGetValue("Result", out string? result) ? SerializationHelper.Deserialize<string>(result)
        : state.Name == "Processing" ? null : state.Reason;
}
