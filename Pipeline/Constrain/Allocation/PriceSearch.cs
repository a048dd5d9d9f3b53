namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// Prices of accounts, round by round. A round tells of each account that is short how many entries would count towards it at which price, all other prices
/// being as they are: every user says up to which price each of their candidates stays on the list. A limit's price moves towards the one at which as many
/// entries are left as it allows, a floor's subsidy towards the one at which as many have come as it asks for. It is a Jacobi auction: all move at once, each
/// part of the way. Counts are whole numbers, so the order in which users are asked does not matter. Memory: 136 bytes an account, and as many a thread.
/// </summary>
internal sealed class PriceSearch
{
    /// <summary>Shares of a bracket in which bids are counted, and one below and one above it.</summary>
    public const int Bins = 32, Width = Bins + 2;

    /// <summary>No price need be higher: no list is worth it.</summary>
    private const double Most = 1 + UserChoice.Full + UserChoice.Wanted + 4;

    /// <summary>Where prices are looked for first: relevance runs from 0 to 1, and most differ by less.</summary>
    private const double First = 0.5;

    /// <summary>A limit that is used by more, or a floor that is exceeded by less, is looked at: others' prices may move it.</summary>
    private const double Near = 0.85;

    private readonly AccountBounds _bounds;
    private readonly double[] _low;
    private readonly double[] _high;
    private readonly bool[] _isOpen;
    private readonly bool[] _isOpenItem;

    public PriceSearch(AccountBounds bounds)
    {
        _bounds = bounds;
        Prices = new double[bounds.Bound.Length];
        (_low, _high, _isOpen, _isOpenItem) = (new double[Prices.Length], new double[Prices.Length], new bool[Prices.Length], new bool[bounds.Items]);
        for (int a = 0; a < Prices.Length; a++)
            (_low[a], _high[a]) = bounds.IsFloor[a] ? (-First, 0.0) : (0.0, First);
    }

    /// <summary>By account: a limit's from 0 up, a floor's from 0 down.</summary>
    public double[] Prices { get; }

    /// <summary>Whether bids are asked for.</summary>
    public bool IsOpen(int account) => _isOpen[account];

    /// <summary>Whether an item counts towards an account of which bids are asked for.</summary>
    public bool IsOpenItem(int item) => _isOpenItem[item];

    /// <summary>The bin of the account's bracket that a bid falls in.</summary>
    public int BinOf(int account, double bid)
    {
        if (!(bid > _low[account])) return 0;
        return bid >= _high[account] ? Bins + 1 : 1 + Math.Min(Bins - 1, (int)((bid - _low[account]) / (_high[account] - _low[account]) * Bins));
    }

    /// <param name="bids">Of each account <see cref="Width"/> counts of bids.</param>
    /// <param name="demand">Of each account the entries that there would be at prices of now.</param>
    /// <param name="pace">Part of the way that a price goes, above 0 to 1.</param>
    /// <param name="share">Share of the users who were asked.</param>
    public void Move(int[] bids, long[] demand, double pace, double share)
    {
        for (int a = 0; a < Prices.Length; a++)
        {
            if (_isOpen[a]) Move(a, bids.AsSpan(a * Width, Width), _bounds.Bound[a] * share, pace);
            else if (!_bounds.IsIdle[a] && IsNear(a, demand[a], _bounds.Bound[a] * share)) Open(a);
        }
    }

    /// <summary>Looks farther again: what a part of the users said is not yet what all of them say.</summary>
    public void Widen(double by)
    {
        for (int a = 0; a < Prices.Length; a++) SetBracket(a, by);
    }

    public void Set(double[] prices) => prices.CopyTo(Prices, 0);

    /// <summary>What each item costs: the sum of its accounts' prices.</summary>
    public double[] OfItems()
    {
        var prices = new double[_bounds.Items];
        for (int item = 0; item < prices.Length; item++)
            foreach (int account in _bounds.Of(item)) prices[item] += Prices[account];
        return prices;
    }

    private bool IsNear(int account, long demand, double bound) => _bounds.IsFloor[account] ? demand * Near < bound : demand > bound * Near;

    private void Open(int account)
    {
        _isOpen[account] = true;
        foreach (int item in _bounds.ItemsOf(account)) _isOpenItem[item] = true;
    }

    private void Move(int a, ReadOnlySpan<int> bids, double bound, double pace)
    {
        double width = _high[a] - _low[a], size = width / Bins;
        long above = bids[Bins + 1];
        // Beyond the bracket on either side: there it is looked for next, as far again.
        bool isBeyond = above > bound;
        double target = _high[a] + width;
        if (!isBeyond)
        {
            int bin = Bins;
            while (bin > 0 && above + bids[bin] <= bound) above += bids[bin--];
            isBeyond = bin == 0;
            // Within the bin where the bound is met, bids are taken as evenly spread.
            target = isBeyond ? _low[a] - width : _low[a] + size * (bin - (bound - above) / bids[bin]);
        }
        bool isFloor = _bounds.IsFloor[a];
        target = isFloor ? Math.Clamp(target, -Most, 0) : Math.Clamp(target, 0, Most);
        double before = Prices[a];
        Prices[a] += pace * (target - Prices[a]);
        if (!isFloor && Prices[a] < 1e-9 || isFloor && Prices[a] > -1e-9) Prices[a] = 0;
        // The next bracket is around the new price, and as wide as prices still move.
        SetBracket(a, isBeyond ? width : Math.Max(2e-3, Math.Min(width * 0.35, 3 * Math.Abs(target - before) + 4 * size)));
    }

    private void SetBracket(int a, double half)
    {
        (_low[a], _high[a]) = (Prices[a] - half, Prices[a] + half);
        if (_bounds.IsFloor[a]) (_low[a], _high[a]) = (Math.Max(-Most, _low[a]), Math.Min(0, _high[a]));
        else (_low[a], _high[a]) = (Math.Max(0, _low[a]), Math.Min(Most, _high[a]));
        if (!(_high[a] > _low[a])) (_low[a], _high[a]) = _bounds.IsFloor[a] ? (_high[a] - half, _high[a]) : (_low[a], _low[a] + half);
    }
}
