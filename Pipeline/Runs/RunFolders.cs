using System.Globalization;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary><c>DIR/runs</c>: one folder a run, one below it a stage. Ids sort in the order of the runs, whatever the clock did.</summary>
internal sealed class RunFolders(string output)
{
    private readonly string _root = Path.Combine(output, "runs");

    /// <summary>Ids of all runs on disk, oldest first.</summary>
    public IReadOnlyList<string> Ids() =>
        Directory.Exists(_root)
            ? [.. Directory.EnumerateDirectories(_root).Select(d => Path.GetFileName(d)!).Where(id => Sequence(id) > 0).OrderBy(Sequence)]
            : [];

    public string Of(string runId) => Path.Combine(_root, runId);

    public string Of(string runId, string stage) => Path.Combine(_root, runId, stage);

    /// <summary>The next id: a sequence number, then the start for people's eyes.</summary>
    public string Next(DateTimeOffset now)
    {
        long last = Ids() is [.., var id] ? Sequence(id) : 0;
        return string.Create(CultureInfo.InvariantCulture, $"{last + 1:D6}-{now.UtcDateTime:yyyyMMdd'T'HHmmss'Z'}");
    }

    /// <summary>The newest run that finished <paramref name="stage"/> itself with that hash (null: any), other than <paramref name="except"/>.</summary>
    public StageManifest? FindFinished(string stage, string? hash, string? except, out string? runId)
    {
        foreach (string id in Ids().Reverse())
        {
            runId = id;
            if (id == except || StageManifest.Load(Of(id, stage)) is not { IsDone: true } found || (hash is not null && found.Hash != hash)) continue;
            if (found.From is null) return found;
            runId = found.From;
            if (StageManifest.Load(Of(found.From, stage)) is { State: StageState.Finished } original
                && (hash is null || original.Hash == hash))
            {
                return original;
            }
        }
        runId = null;
        return null;
    }

    /// <summary>What runs on disk finished of <paramref name="stage"/> themselves, the newest first.</summary>
    public IEnumerable<StageManifest> Finished(string stage) =>
        Ids().Reverse().Select(id => StageManifest.Load(Of(id, stage))).OfType<StageManifest>().Where(m => m.State == StageState.Finished);

    /// <summary>
    /// The newest run that published that version, be it a night or a delta; else <paramref name="maker"/>, whose lists readers have although it was killed
    /// before it could write down that they do. Null where none is on disk.
    /// </summary>
    /// <param name="maker">The run that the store names as the version's.</param>
    public string? Publisher(string version, string maker) => Ids().Reverse().FirstOrDefault(id =>
            StageManifest.Load(Of(id, Nightly.StageNames.Publish)) is { IsDone: true } made && made.Facts.GetValueOrDefault(RunJournal.VersionFact) == version)
        ?? (StageManifest.Load(Of(maker, Nightly.StageNames.Materialize)) is { IsDone: true } ? maker : null);

    /// <summary>Deletes the oldest run folders beyond <paramref name="keep"/>, except those whose artifacts a kept run stands on.</summary>
    /// <param name="current">The published version: a delta goes on from its run, however old a rollback made that. Null: nothing is published.</param>
    /// <returns>Ids of the runs that went.</returns>
    public IReadOnlyList<string> Prune(int keep, VersionRecord? current = null)
    {
        var ids = Ids();
        var kept = ids.Skip(Math.Max(0, ids.Count - keep)).ToHashSet(StringComparer.Ordinal);
        if (current is not null && Publisher(current.Version, current.RunId) is { } publisher) kept.Add(publisher);
        // The newest finished state of every stage must outlive a row of failed nights.
        foreach (string stage in ids.SelectMany(id => Directory.EnumerateDirectories(Of(id))).Select(d => Path.GetFileName(d)!).Distinct().ToArray())
            if (FindFinished(stage, null, null, out string? newest) is not null) kept.Add(newest!);
        // Also of those: a delta that is kept stands on the night that trained its model.
        foreach (string id in kept.ToArray())
            foreach (string stage in Directory.EnumerateDirectories(Of(id)))
                if (StageManifest.Load(stage)?.From is { } from) kept.Add(from);
        var gone = ids.Where(id => !kept.Contains(id)).ToArray();
        foreach (string id in gone) Directory.Delete(Of(id), recursive: true);
        return gone;
    }

    private static long Sequence(string id) =>
        id.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash
        && long.TryParse(id.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out long sequence) ? sequence : 0;
}
