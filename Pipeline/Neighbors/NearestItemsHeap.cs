namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>
/// The best n of what comes by, best first; of several with one text hash only the best. Items come in ascending order, so that among equal scores the smaller
/// index stays ahead.
/// </summary>
internal sealed class NearestItemsHeap(int count)
{
    private readonly (int Item, float Score, ulong Hash)[] _best = new (int, float, ulong)[count];
    private int _length;

    public void Clear() => _length = 0;

    /// <summary>What is not above it is not wanted.</summary>
    public float Least => _length < count ? float.NegativeInfinity : _best[_length - 1].Score;

    public bool Wants(float score) => _length < count || score > Least;

    public void Add(int item, float score, ulong hash)
    {
        int end = _length;
        if (hash != 0)
        {
            int twin = 0;
            while (twin < _length && _best[twin].Hash != hash) twin++;
            if (twin < _length)
            {
                if (_best[twin].Score >= score) return;
                end = twin;
            }
        }
        if (end == count) end--;
        else if (end == _length) _length++;
        int at = end;
        for (; at > 0 && _best[at - 1].Score < score; at--) _best[at] = _best[at - 1];
        _best[at] = (item, score, hash);
    }

    public int CopyTo(Span<(int Item, float Score)> to)
    {
        for (int i = 0; i < _length; i++) to[i] = (_best[i].Item, _best[i].Score);
        return _length;
    }
}
