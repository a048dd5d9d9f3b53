using System.Globalization;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Scheduling.Work;

/// <summary>A job on published versions, under the output store's lease.</summary>
internal abstract class VersionJob(string name, ConfiguredPipeline settings, TimeProvider time) : IJob
{
    public string Name => name;

    public abstract void Check(IReadOnlyDictionary<string, string> parameters);

    public Task<string?> RunAsync(JobWork work)
    {
        var night = settings.Options();
        return NightlyRun.WriteAsync(
            night, work.Holder, time,
            (place, _, _) =>
            {
                var (said, done) = Change(place, work.Order.Parameters, night);
                if (done is not null) place.Operations.Append(done with { By = work.RequestedBy, Node = work.Holder.Node, JobId = work.Holder.JobId });
                return Task.FromResult<string?>(said);
            },
            work.Cancellation);
    }

    /// <returns>What changed, in a sentence, and as the audit log keeps it; null there where nothing did.</returns>
    protected abstract (string Said, AuditEntry? Done) Change(OutputConnection place, IReadOnlyDictionary<string, string> parameters, PipelineOptions night);
}

/// <summary>Makes an earlier version current: parameter <c>version</c>, else the newest complete one before the current.</summary>
internal sealed class RollbackJob(ConfiguredPipeline settings, TimeProvider time) : VersionJob(JobNames.Rollback, settings, time)
{
    public const string Version = "version";

    /// <summary>A change of the current version as the audit log keeps it.</summary>
    public static AuditEntry Entry(string? before, string now) => new("", AuditActs.RolledBack, now, $"from {before}");

    public override void Check(IReadOnlyDictionary<string, string> parameters) => JobParameters.Require(parameters, Version);

    protected override (string Said, AuditEntry? Done) Change(
        OutputConnection place, IReadOnlyDictionary<string, string> parameters, PipelineOptions night)
    {
        string? before = place.Store.Current;
        string now = place.Folder.Rollback(parameters.GetValueOrDefault(Version)).Version;
        return ($"current is {now}; before it was {before}", Entry(before, now));
    }
}

/// <summary>
/// Deletes the oldest versions: parameter <c>keep</c>, else <c>Publish:KeepVersions</c>; and what the ledger has of more than <c>Runs:KeepDays</c> ago.
/// </summary>
internal sealed class PruneJob(ConfiguredPipeline settings, TimeProvider time) : VersionJob(JobNames.Prune, settings, time)
{
    private readonly TimeProvider _time = time;

    public const string Keep = "keep";

    public override void Check(IReadOnlyDictionary<string, string> parameters)
    {
        JobParameters.Require(parameters, Keep);
        _ = Kept(parameters);
    }

    protected override (string Said, AuditEntry? Done) Change(
        OutputConnection place, IReadOnlyDictionary<string, string> parameters, PipelineOptions night)
    {
        int kept = Kept(parameters) ?? night.Publish.KeepVersions;
        var gone = place.Folder.Prune(kept, night.Publish.FeedbackTime, _time.GetUtcNow());
        long rows = LedgerRetention.Prune(place.Operations, night.Runs, _time);
        string told = gone.Count == 0 ? $"no version to delete: no more than {kept} complete ones" : $"deleted {string.Join(", ", gone)}";
        if (rows > 0)
            told = string.Create(CultureInfo.InvariantCulture, $"{told}; {rows} rows of the ledger from more than {night.Runs.KeepDays} days ago");
        return (told, gone.Count == 0 ? null : new AuditEntry("", AuditActs.Pruned, string.Join(", ", gone)));
    }

    private static int? Kept(IReadOnlyDictionary<string, string> parameters)
    {
        if (parameters.GetValueOrDefault(Keep) is not { } text) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int kept) && kept is >= 1 and <= 1000
            ? kept
            : throw new ConfigurationException($"keep is '{text}'; expected a whole number from 1 to 1000");
    }
}
