namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// What items cost while lists are given out: what is full cannot be had, and what floors miss is cheaper by the subsidy, as long as they do.
/// </summary>
internal sealed class RunningPrices
{
    private readonly AccountBounds _bounds;
    private readonly PriceSearch _search;
    private readonly long[] _used;
    private readonly double[] _found;
    private readonly double[] _accountPrices;
    private readonly bool[] _isBarred;
    private double _raise;

    public RunningPrices(AccountBounds bounds, PriceSearch search)
    {
        (_bounds, _search, _used, _isBarred) = (bounds, search, new long[bounds.Bound.Length], new bool[bounds.Items]);
        (_found, OfItems, _accountPrices) = (search.OfItems(), search.OfItems(), (double[])search.Prices.Clone());
        (IsMissedItem, IsCheaper) = (new bool[bounds.Items], new bool[bounds.Items]);
        for (int a = 0; a < _used.Length; a++)
            if (IsFull(a) || IsMissed(a)) Close(a);
    }

    /// <summary>By item; infinite where it cannot be had.</summary>
    public double[] OfItems { get; }

    /// <summary>Items that a floor misses.</summary>
    public bool[] IsMissedItem { get; }

    /// <summary>Items that are cheaper than when lists were chosen.</summary>
    public bool[] IsCheaper { get; }

    /// <summary>Asks a share of the prices that were found.</summary>
    public void Fall(double share)
    {
        for (int a = 0; a < _accountPrices.Length; a++)
            if (!_bounds.IsFloor[a]) _accountPrices[a] = _search.Prices[a] * share;
        for (int item = 0; item < OfItems.Length; item++) Price(item);
    }

    /// <summary>Whether an item is kept from the list that is being chosen.</summary>
    public void Bar(int item, bool isBarred)
    {
        _isBarred[item] = isBarred;
        Price(item);
    }

    /// <param name="by">What subsidies are raised by.</param>
    /// <returns>Whether a floor is not met.</returns>
    public bool Raise(double by)
    {
        _raise = by;
        bool any = false;
        for (int a = 0; a < _used.Length; a++)
        {
            if (!IsMissed(a)) continue;
            Close(a);
            any = true;
        }
        return any;
    }

    /// <returns>The last entry of which there is more than its limits allow; -1: there is none.</returns>
    public int Over(AllocationBlock block, int u, ushort[] list)
    {
        for (int at = list.Length - 1; at >= 0; at--)
        {
            int item = block.Items[block.Offsets[u] + list[at]];
            foreach (int account in _bounds.Of(item))
                if (!_bounds.IsFloor[account] && _used[account] > _bounds.Bound[account]) return item;
        }
        return -1;
    }

    /// <param name="by">1: the list is given; -1: it is taken back.</param>
    public void Count(AllocationBlock block, int u, ushort[] list, int by)
    {
        foreach (ushort k in list)
        {
            foreach (int account in _bounds.Of(block.Items[block.Offsets[u] + k]))
            {
                bool was = IsFull(account), wasMissed = IsMissed(account);
                _used[account] += by;
                if (was != IsFull(account) || wasMissed != IsMissed(account)) Close(account);
            }
        }
    }

    /// <summary>What an item costs whom it was given to before it was full.</summary>
    public double Open(int item)
    {
        double price = 0;
        foreach (int account in _bounds.Of(item)) price += _accountPrices[account];
        return price;
    }

    private bool IsMissed(int account) => _bounds.IsFloor[account] && _used[account] < _bounds.Bound[account];

    private bool IsFull(int account) => !_bounds.IsFloor[account] && _used[account] >= _bounds.Bound[account];

    /// <summary>An account that is full has items that cannot be had, and one that misses its floor has cheaper ones, as long as it does.</summary>
    private void Close(int account)
    {
        foreach (int item in _bounds.ItemsOf(account)) Price(item);
    }

    private void Price(int item)
    {
        double price = 0;
        bool isFull = false;
        IsMissedItem[item] = false;
        foreach (int account in _bounds.Of(item))
        {
            bool isMissed = IsMissed(account);
            price += _accountPrices[account] - (isMissed ? _raise : 0);
            isFull |= IsFull(account);
            IsMissedItem[item] |= isMissed;
        }
        OfItems[item] = isFull || _isBarred[item] ? double.PositiveInfinity : price;
        IsCheaper[item] = OfItems[item] < _found[item];
    }
}
