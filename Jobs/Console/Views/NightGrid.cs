using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>A night, or a start that came to none.</summary>
/// <param name="Run">Null where it failed before its run began.</param>
/// <param name="Version">What it published; null where nothing, or where that was deleted since.</param>
internal sealed record NightColumn(DateTimeOffset At, RunFacts? Run, AuditEntry? FailedStart, VersionRecord? Version)
{
    public TimeSpan Took(DateTimeOffset now) => Run is null ? TimeSpan.Zero : (Run.Run.Ended ?? now) - Run.Run.Started;

    public LedgerStage? Stage(string name) => Run?.Stages.FirstOrDefault(s => s.Stage == name);
}

/// <summary>The last nights beside each other, oldest first: stages against nights, bars as high as they took long.</summary>
internal sealed class NightGrid
{
    private readonly DateTimeOffset _now;

    private NightGrid(IReadOnlyList<NightColumn> nights, DateTimeOffset now)
    {
        (Nights, _now) = (nights, now);
        Stages = [.. StageNames.All.Where(s => nights.Any(n => n.Stage(s) is not null))];
        Longest = Stages.ToDictionary(s => s, s => nights.Max(n => Took(n.Stage(s))), StringComparer.Ordinal);
        LongestNight = nights.Select(n => n.Took(now)).DefaultIfEmpty().Max();
    }

    public IReadOnlyList<NightColumn> Nights { get; }

    public IReadOnlyList<string> Stages { get; }

    /// <summary>The longest time of each stage among these nights: the top of its row.</summary>
    public IReadOnlyDictionary<string, TimeSpan> Longest { get; }

    public TimeSpan LongestNight { get; }

    public static NightGrid Of(int nights, RunArchive runs, OperationsLedger operations, IOutputStore store, DateTimeOffset now)
    {
        var found = runs.Matching(new RunFilter(nights) { Job = RunRequest.Nightly });
        var versions = store.Versions().ToDictionary(v => v.Version, StringComparer.Ordinal);
        // Each attempt of a job is an entry: its last one counts.
        var starts = operations.Audit(nights, AuditActs.FailedStart).Where(e => e.Subject == RunRequest.Nightly).DistinctBy(e => e.JobId ?? $"{e.Number}");
        var columns = found.Select(r => new NightColumn(r.Run.Started, r, null, r.Run.Version is { } v ? versions.GetValueOrDefault(v) : null))
            .Concat(starts.Select(e => new NightColumn(e.Time, null, e, null)))
            .OrderByDescending(c => c.At).Take(nights).Reverse();
        return new NightGrid([.. columns], now);
    }

    /// <summary>How long a stage was at work; nothing where it was taken over from an earlier night.</summary>
    public TimeSpan Took(LedgerStage? stage) => stage switch
    {
        null or { State: StageState.Reused } => TimeSpan.Zero,
        { State: StageState.Running } => _now > stage.Started ? _now - stage.Started : TimeSpan.Zero,
        _ => TimeSpan.FromSeconds(stage.Seconds),
    };
}
