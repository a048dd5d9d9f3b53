using System.Collections.Concurrent;

namespace Recsys.Batch.Pipeline.Publish;

/// <summary>
/// What is known of items, kept while one version is current and nothing was said anew: another tag means that titles may be new. A tag is read before the
/// titles are, so those kept under it are never older than it. With it, a list takes one round trip to the server instead of two.
/// </summary>
internal sealed class TitleCache(Func<IEnumerable<string>, IReadOnlyDictionary<string, ItemTitle>> load)
{
    private const int MaxItems = 200_000;

    private State _state = new(null, new ConcurrentDictionary<string, ItemTitle?>(StringComparer.Ordinal));

    public IReadOnlyDictionary<string, ItemTitle> Of(VersionTag tag, IEnumerable<string> itemIds)
    {
        var state = _state;
        if (state.Tag != tag || state.Titles.Count > MaxItems)
            _state = state = new State(tag, new ConcurrentDictionary<string, ItemTitle?>(StringComparer.Ordinal));
        var found = new Dictionary<string, ItemTitle>(StringComparer.Ordinal);
        List<string>? missing = null;
        foreach (string id in itemIds)
        {
            if (!state.Titles.TryGetValue(id, out var title)) (missing ??= []).Add(id);
            else if (title is not null) found[id] = title;
        }
        if (missing is null) return found;
        var loaded = load(missing.Distinct(StringComparer.Ordinal));
        foreach (string id in missing)
        {
            var title = loaded.GetValueOrDefault(id);
            state.Titles[id] = title;
            if (title is not null) found[id] = title;
        }
        return found;
    }

    private sealed record State(VersionTag? Tag, ConcurrentDictionary<string, ItemTitle?> Titles);
}
