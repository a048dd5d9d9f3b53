using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Which of a user's candidates may come onto the list at all: no text twice, none that the user has under another code, no more variants of one product and no
/// more new items than may be. The better candidate stays.
/// </summary>
internal sealed class CandidateFilter(DiversifyOptions options, Catalog? catalog)
{
    private readonly ulong[]? _texts = options.DistinctText ? catalog?.TextHashes : null;
    private readonly ulong[]? _parents = catalog?.Parents;

    public NewItemLimit? NewItems { get; set; }

    /// <summary>users x items; null: users have nothing.</summary>
    public SparseRows? Excluded { get; set; }

    /// <param name="items">Candidates by descending relevance.</param>
    /// <param name="kept">Takes positions in <paramref name="items"/>, ascending.</param>
    /// <returns>How many there are.</returns>
    public int Keep(int user, ReadOnlySpan<int> items, Span<int> kept)
    {
        int count = 0;
        int newLeft = NewRoom(items);
        var texts = TextsOf(user);
        var variants = _parents is null ? null : new Dictionary<ulong, int>();
        for (int k = 0; k < items.Length; k++)
        {
            int item = items[k];
            ulong text = _texts?[item] ?? 0;
            if (text != 0 && texts!.Contains(text) && !IsOwn(user, item)) continue;
            ulong parent = _parents?[item] ?? 0;
            int siblings = parent == 0 ? 0 : variants!.GetValueOrDefault(parent);
            if (siblings >= options.MaxVariants) continue;
            if (NewItems is { } limit && limit.IsNew[item] && newLeft-- <= 0) continue;
            if (text != 0) texts!.Add(text);
            if (parent != 0) variants![parent] = siblings + 1;
            kept[count++] = k;
        }
        return count;
    }

    /// <summary>Whether the user has this very item, and gets it again because the caller lists what users have.</summary>
    private bool IsOwn(int user, int item) => Excluded is not null && user < Excluded.Rows && Excluded.RowIndices(user).BinarySearch(item) >= 0;

    /// <summary>Texts of what the user has.</summary>
    private HashSet<ulong>? TextsOf(int user)
    {
        if (_texts is null) return null;
        var texts = new HashSet<ulong>();
        if (Excluded is null || user >= Excluded.Rows) return texts;
        foreach (int item in Excluded.RowIndices(user)) texts.Add(_texts[item]);
        return texts;
    }

    /// <summary>New items that may be chosen: as many as the limit says, or as it takes to fill the list.</summary>
    private int NewRoom(ReadOnlySpan<int> items)
    {
        if (NewItems is not { } limit) return 0;
        int known = 0;
        foreach (int item in items)
            if (!limit.IsNew[item]) known++;
        return Math.Max(limit.Max, options.ListLength - known);
    }
}
