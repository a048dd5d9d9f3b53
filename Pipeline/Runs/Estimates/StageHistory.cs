using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Estimates;

/// <summary>
/// How long stages took, and how much memory the process had, in the run folders that are kept. Seconds grow with the rows of the log, those of the stage
/// that reads it with the rows that are new and those of the whole log, each counted once; memory grows alike and never shrinks. A delta says nothing of a
/// night, nor a night of a delta. Estimates have no part in any hash.
/// </summary>
internal sealed class StageHistory(RunFolders folders, string job)
{
    /// <summary>Runs that an estimate is made of, the newest: what the machine and the configuration were long ago says little.</summary>
    public const int MaxRuns = 5;

    /// <param name="tonight">What there is to read; null where it is not known, and nothing is scaled.</param>
    /// <param name="except">The run that is at work.</param>
    /// <returns>Null where no earlier run did this stage's work.</returns>
    public StageEstimate? Of(string stage, SourceSize? tonight, string? except = null)
    {
        var samples = Samples(stage, except).Take(MaxRuns).ToList();
        if (samples.Count == 0) return null;
        double[] scales = [.. samples.Select(s => Scale(s.ReadsLog, s.Size, tonight))];
        double[] seconds = [.. samples.Select((s, k) => s.Manifest.Seconds * scales[k]).Order()];
        var peaks = samples.Select((s, k) => s.Manifest.Metrics.TryGetValue(PeakMemory.Metric, out double bytes) ? bytes * Math.Max(1, scales[k]) : 0)
            .Where(bytes => bytes > 0).ToList();
        return new StageEstimate(
            (seconds[(seconds.Length - 1) / 2] + seconds[seconds.Length / 2]) / 2, seconds[0], seconds[^1], peaks.Count == 0 ? null : (long)peaks.Max(),
            samples.Count, scales[0]);
    }

    private IEnumerable<(StageManifest Manifest, SourceSize? Size, bool ReadsLog)> Samples(string stage, string? except)
    {
        foreach (string id in folders.Ids().Reverse())
        {
            if (id == except || Load(() => RunRecord.Load(folders.Of(id))) is not { } run || IsDelta(run.Job) != IsDelta(job)) continue;
            if (Load(() => StageManifest.Load(folders.Of(id, stage))) is not { State: StageState.Finished, Seconds: > 0 } manifest) continue;
            bool readsLog = SourceSize.Of(manifest) is not null;
            yield return (manifest, readsLog ? SourceSize.Of(manifest) : SizeOf(id), readsLog);
        }
    }

    /// <summary>What the run's log was: its own stage says, or the one that it took over.</summary>
    private SourceSize? SizeOf(string id) => (Load(() => Directory.GetDirectories(folders.Of(id))) ?? []).Order(StringComparer.Ordinal)
        .Select(folder => Load(() => StageManifest.Load(folder)) is { } manifest ? SourceSize.Of(manifest) : null)
        .FirstOrDefault(size => size is not null);

    private static double Scale(bool readsLog, SourceSize? then, SourceSize? now)
    {
        if (then is null || now is null) return 1;
        var (before, after) = readsLog ? (then.Rows + then.NewRows, now.Rows + now.NewRows) : (then.Rows, now.Rows);
        return before > 0 && after > 0 ? (double)after / before : 1;
    }

    private static bool IsDelta(string job) => job == RunRequest.Delta;

    // A run folder that is damaged says nothing; whoever needs it complains.
    private static T? Load<T>(Func<T?> read) where T : class
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is ArtifactException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
