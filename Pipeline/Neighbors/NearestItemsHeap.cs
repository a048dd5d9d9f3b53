namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>
/// The best n of what comes by, best first, among equal scores the smaller index; of several with one text hash only the best. In whatever order they come, the
/// same stay.
/// </summary>
internal sealed class NearestItemsHeap(int count)
{
    private readonly (int Item, float Score, ulong Hash)[] _best = new (int, float, ulong)[count];
    private int _length;

    public int Length => _length;

    public void Clear() => _length = 0;

    /// <summary>What is below it is not wanted.</summary>
    public float Least => _length < count ? float.NegativeInfinity : _best[_length - 1].Score;

    public bool Wants(int item, float score) => _length < count || IsBehind(_best[_length - 1], item, score);

    public void Add(int item, float score, ulong hash)
    {
        int end = _length;
        if (hash != 0)
        {
            int twin = 0;
            while (twin < _length && _best[twin].Hash != hash) twin++;
            if (twin < _length)
            {
                if (!IsBehind(_best[twin], item, score)) return;
                end = twin;
            }
        }
        if (end == count) end--;
        else if (end == _length) _length++;
        int at = end;
        for (; at > 0 && IsBehind(_best[at - 1], item, score); at--) _best[at] = _best[at - 1];
        _best[at] = (item, score, hash);
    }

    public int CopyTo(Span<(int Item, float Score)> to)
    {
        for (int i = 0; i < _length; i++) to[i] = (_best[i].Item, _best[i].Score);
        return _length;
    }

    private static bool IsBehind((int Item, float Score, ulong Hash) known, int item, float score) =>
        known.Score < score || (known.Score == score && known.Item > item);
}
