using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Which of a user's candidates may come onto the list at all: no text twice, none that the user has under another code, no more variants of one product, no
/// more of one shelf and no more new items than may be. The better candidate stays. What titles alone say of variants and shelves gives way where the list
/// would have empty places.
/// </summary>
internal sealed class CandidateFilter(DiversifyOptions options, Catalog? catalog, ListRules rules)
{
    private readonly ulong[]? _texts = options.DistinctText ? catalog?.TextHashes : null;
    private readonly ulong[]? _parents = catalog?.Parents;

    /// <param name="seen">Memory that is used again for the next user; not for two threads.</param>
    /// <param name="items">Candidates by descending relevance.</param>
    /// <param name="kept">Takes positions in <paramref name="items"/>, ascending.</param>
    /// <param name="named">Items that a rule names: they stay where a better one's double would not.</param>
    /// <returns>How many there are.</returns>
    public int Keep(int user, ReadOnlySpan<int> items, Seen seen, Span<int> kept, IReadOnlyList<int>? named = null)
    {
        int count = 0;
        var (newLeft, deadLeft) = NewRoom(items);
        seen.Variants.Clear();
        seen.Alike.Clear();
        seen.Deferred.Clear();
        TakeTexts(user, seen.Texts);
        if (named is { Count: > 0 }) count = KeepNamed(user, items, named, seen, kept);
        int first = count;
        for (int k = 0; k < items.Length; k++)
        {
            int item = items[k];
            if (first > 0 && kept[..first].Contains(k)) continue;
            ulong text = _texts?[item] ?? 0;
            if (text != 0 && seen.Texts.Contains(text) && !IsOwn(user, item)) continue;
            ulong parent = _parents?[item] ?? 0;
            int siblings = parent == 0 ? 0 : seen.Variants.GetValueOrDefault(parent);
            if (siblings >= options.MaxVariants) continue;
            if (rules.NewItems is { } limit && limit.IsNew[item] && (limit.IsDead?[item] == true ? deadLeft-- : newLeft--) <= 0) continue;
            if (text != 0) seen.Texts.Add(text);
            if (parent != 0) seen.Variants[parent] = siblings + 1;
            if (IsCrowded(item, seen)) seen.Deferred.Add(k);
            else kept[count++] = k;
        }
        if (count < options.ListLength && seen.Deferred.Count > 0)
        {
            foreach (int k in seen.Deferred.Take(options.ListLength - count)) kept[count++] = k;
            kept[..count].Sort();
        }
        else if (first > 0)
        {
            kept[..count].Sort();
        }
        return count;
    }

    private int KeepNamed(int user, ReadOnlySpan<int> items, IReadOnlyList<int> named, Seen seen, Span<int> kept)
    {
        int count = 0;
        for (int k = 0; k < items.Length; k++)
        {
            int item = items[k];
            if (!named.Contains(item)) continue;
            ulong text = _texts?[item] ?? 0;
            if (text != 0 && seen.Texts.Contains(text) && !IsOwn(user, item)) continue;
            if (text != 0) seen.Texts.Add(text);
            if (_parents?[item] is > 0 and var parent) seen.Variants[parent] = seen.Variants.GetValueOrDefault(parent) + 1;
            // Counted where there is room; a rule's word is stronger than what titles say.
            IsCrowded(item, seen);
            kept[count++] = k;
        }
        return count;
    }

    /// <summary>Whether the list has enough of what the item's title says; where it has not, the item is counted.</summary>
    private bool IsCrowded(int item, Seen seen)
    {
        ulong product = _parents is null && catalog?.Variants is { } variants ? variants[item] : 0;
        int siblings = product == 0 ? 0 : seen.Variants.GetValueOrDefault(product);
        var phrases = rules.Phrases is { } known && item < known.Items ? known.Of(item) : default;
        if (siblings >= options.MaxTitleVariants) return true;
        foreach (int phrase in phrases)
            if (seen.Alike.GetValueOrDefault(phrase) >= options.MaxAlike) return true;
        if (product != 0) seen.Variants[product] = siblings + 1;
        foreach (int phrase in phrases) CollectionsMarshal.GetValueRefOrAddDefault(seen.Alike, phrase, out _)++;
        return false;
    }

    /// <summary>Whether the user has this very item, and gets it again because the caller lists what users have.</summary>
    private bool IsOwn(int user, int item) => rules.Excluded is { } excluded && user < excluded.Rows && excluded.RowIndices(user).BinarySearch(item) >= 0;

    /// <summary>Texts of what the user has.</summary>
    private void TakeTexts(int user, HashSet<ulong> texts)
    {
        texts.Clear();
        if (_texts is null || rules.Excluded is not { } excluded || user >= excluded.Rows) return;
        foreach (int item in excluded.RowIndices(user)) texts.Add(_texts[item]);
    }

    /// <summary>
    /// New items that may be chosen, and dead stock: as many as the limit says of the one, none of the other, or as it takes to fill the list.
    /// </summary>
    private (int New, int Dead) NewRoom(ReadOnlySpan<int> items)
    {
        if (rules.NewItems is not { } limit) return (0, 0);
        int known = 0, young = 0;
        foreach (int item in items)
        {
            if (!limit.IsNew[item]) known++;
            else if (limit.IsDead?[item] != true) young++;
        }
        int room = Math.Max(limit.Max, options.ListLength - known);
        return (room, Math.Max(0, options.ListLength - known - Math.Min(young, room)));
    }

    /// <summary>What has a place already, or is the user's.</summary>
    internal sealed class Seen
    {
        public HashSet<ulong> Texts { get; } = [];

        public Dictionary<ulong, int> Variants { get; } = [];

        /// <summary>Entries a phrase.</summary>
        public Dictionary<int, int> Alike { get; } = [];

        /// <summary>Candidates that give way to others while there are others.</summary>
        public List<int> Deferred { get; } = [];
    }
}
