using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Gathers a block's candidates that were not chosen, with what each would add to the finished list, by descending weight: as many as four lists have, and
/// all that rules of the whole night ask for.
/// </summary>
internal sealed class ReserveEntries(int users, int length, IListConstraints? constraints)
{
    private const int Lists = 4;

    private readonly int[] _offsets = new int[users + 1];
    private readonly List<int> _items = [];
    private readonly List<float> _weights = [];
    private readonly List<float> _relevance = [];
    private readonly List<CandidateSource> _sources = [];

    /// <param name="kept">Positions among the user's candidates.</param>
    /// <param name="rest">What each kept candidate would add.</param>
    public void Add(
        CandidateBlock candidates, int u, ReadOnlySpan<int> kept, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, ReadOnlySpan<float> rest,
        ReadOnlySpan<ListEntry> list)
    {
        var chosen = new bool[items.Length];
        foreach (var entry in list) chosen[entry.Position] = true;
        var order = new int[items.Length - list.Length];
        var keys = new float[order.Length];
        int count = 0;
        for (int k = 0; k < items.Length; k++)
        {
            if (chosen[k]) continue;
            keys[count] = -rest[k];
            order[count++] = k;
        }
        Array.Sort(keys, order);
        for (int at = 0; at < order.Length; at++)
        {
            int k = order[at];
            if (at >= Lists * length && constraints?.IsAskedFor(items[k]) != true) continue;
            _items.Add(items[k]);
            _weights.Add(rest[k]);
            _relevance.Add(relevance[k]);
            _sources.Add(candidates.Sources[u * candidates.Depth + kept[k]]);
        }
        _offsets[u + 1] = _items.Count;
    }

    public ReserveBlock Finish() => new()
    {
        Offsets = _offsets,
        Items = [.. _items],
        Weights = [.. _weights],
        Relevance = [.. _relevance],
        Sources = [.. _sources],
    };
}
