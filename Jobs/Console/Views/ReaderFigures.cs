using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>
/// The figures of the lists that readers get, beside those of the version that was published before them: not those of the newest run, which a gate may have
/// refused, nor of a version that was rolled away from.
/// </summary>
/// <param name="Run">The run that measured them; null where the ledger does not have it any more.</param>
/// <param name="BeforeRun">The same of the newest complete version older than this one.</param>
internal sealed record ReaderFigures(VersionRecord Version, RunFacts? Run, VersionRecord? Before, RunFacts? BeforeRun)
{
    /// <param name="newestFirst">All versions.</param>
    /// <returns>Null where nothing is published.</returns>
    public static ReaderFigures? Of(IReadOnlyList<VersionRecord> newestFirst, RunArchive runs)
    {
        if (newestFirst.FirstOrDefault(v => v.State == VersionState.Current) is not { } current) return null;
        var before = newestFirst.SkipWhile(v => v.State != VersionState.Current)
            .FirstOrDefault(v => v.State == VersionState.Retired && v.Version != current.Base);
        return new ReaderFigures(current, Measured(current, newestFirst, runs), before, before is null ? null : Measured(before, newestFirst, runs));
    }

    public double? Value(string name) => Run?.Published(name);

    public (double Low, double High)? Interval(string name) => Run?.Interval(name);

    public double? Was(string name) => BeforeRun?.Published(name);

    /// <summary>Whether a figure surely differs from the one before: neither lies in the other's interval, and both have one.</summary>
    public bool IsSure(string name) => Value(name) is { } value && Run is not null
        && new ComparedMetric(name, "", value, Was(name), true) { NowInterval = Run.Interval(name), BeforeInterval = BeforeRun?.Interval(name) }
            .Tone.Length > 0;

    /// <summary>A delta measures nothing: its figures are those of the night that it goes on from.</summary>
    private static RunFacts? Measured(VersionRecord version, IReadOnlyList<VersionRecord> all, RunArchive runs)
    {
        for (int steps = 0; version.Base is { } of && steps < all.Count; steps++)
        {
            if (all.FirstOrDefault(v => v.Version == of) is not { } night) break;
            version = night;
        }
        return runs.Find(version.RunId);
    }
}
