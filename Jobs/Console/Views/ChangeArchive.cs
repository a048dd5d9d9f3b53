using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What changed between versions. Versions do not change, so what was compared once is kept: a hundred thousand lists take a second.</summary>
internal sealed class ChangeArchive(IOutputStore store)
{
    private const int Kept = 32;
    private const int Shown = 10;

    /// <summary>Comparing takes a second for each hundred thousand customers; beyond this many a page does not wait for it.</summary>
    public const long MostUsers = 1_000_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Before, string After), VersionChanges> _known = [];

    /// <summary>The version that was published before this one, of those that are still there; the base of a delta.</summary>
    public VersionRecord? Before(VersionRecord version)
    {
        var older = store.Versions().SkipWhile(v => v.Version != version.Version).Skip(1).Where(v => v.IsComplete).ToArray();
        return older.FirstOrDefault(v => v.Version == version.Base) ?? older.FirstOrDefault();
    }

    public VersionChanges Between(string before, string after)
    {
        lock (_gate)
        {
            if (_known.TryGetValue((before, after), out var known)) return known;
            var found = VersionChanges.Of(store, before, after, Shown);
            if (_known.Count >= Kept) _known.Clear();
            return _known[(before, after)] = found;
        }
    }
}
