namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// Prices of accounts, round by round. A round tells of each account how many entries would count towards it at which price, all other prices being as they
/// are: every user says up to which price each of their candidates stays on the list. A limit's price moves towards the one at which as many entries are left
/// as it allows, a floor's subsidy towards the one at which as many have come as it asks for. It is a Jacobi auction: all move at once, each part of the way.
/// Counts are whole numbers, so the order in which users are asked does not matter. Memory: 136 bytes an account, and as many a thread.
/// </summary>
internal sealed class PriceSearch
{
    /// <summary>Shares of a bracket in which bids are counted, and one below and one above it.</summary>
    public const int Bins = 32, Width = Bins + 2;

    /// <summary>No price need be higher: no list is worth it.</summary>
    private const double Most = 1 + UserChoice.Full + UserChoice.Wanted + 4;

    /// <summary>Where prices are looked for first: relevance runs from 0 to 1, and most differ by less.</summary>
    private const double First = 0.5;

    private readonly Accounts _accounts;
    private readonly double[] _low;
    private readonly double[] _high;

    public PriceSearch(Accounts accounts)
    {
        _accounts = accounts;
        Prices = new double[accounts.All.Count];
        (_low, _high) = (new double[Prices.Length], new double[Prices.Length]);
        for (int a = 0; a < Prices.Length; a++)
            (_low[a], _high[a]) = accounts.All[a].IsFloor ? (-First, 0.0) : (0.0, First);
    }

    /// <summary>Entries that lists which stay as they are take of each account; null: none.</summary>
    public long[]? Taken { get; init; }

    /// <summary>By account: a limit's from 0 up, a floor's from 0 down.</summary>
    public double[] Prices { get; }

    /// <summary>The bin of the account's bracket that a bid falls in.</summary>
    public int BinOf(int account, double bid)
    {
        if (!(bid > _low[account])) return 0;
        return bid >= _high[account] ? Bins + 1 : 1 + Math.Min(Bins - 1, (int)((bid - _low[account]) / (_high[account] - _low[account]) * Bins));
    }

    /// <param name="bids">Of each account <see cref="Width"/> counts of bids.</param>
    /// <param name="pace">Part of the way that a price goes, above 0 to 1.</param>
    /// <param name="share">Share of the users who were asked.</param>
    public void Move(int[] bids, double pace, double share)
    {
        for (int a = 0; a < Prices.Length; a++)
        {
            var own = bids.AsSpan(a * Width, Width);
            double bound = Math.Max(0, _accounts.All[a].Bound - (Taken?[a] ?? 0)) * share;
            double size = (_high[a] - _low[a]) / Bins;
            long above = own[Bins + 1];
            double target;
            if (above > bound) target = _high[a] + (_high[a] - _low[a]);
            else
            {
                int bin = Bins;
                while (bin > 0 && above + own[bin] <= bound) above += own[bin--];
                // Within the bin where the bound is met, bids are taken as evenly spread.
                target = bin == 0 ? _low[a] - (above + own[0] > bound ? _high[a] - _low[a] : 0)
                    : _low[a] + size * (bin - (bound - above) / own[bin]);
            }
            bool isFloor = _accounts.All[a].IsFloor;
            target = isFloor ? Math.Clamp(target, -Most, 0) : Math.Clamp(target, 0, Most);
            double before = Prices[a];
            Prices[a] += pace * (target - Prices[a]);
            if (!isFloor && Prices[a] < 1e-9 || isFloor && Prices[a] > -1e-9) Prices[a] = 0;
            // The next bracket is around the new price, and as wide as prices still move.
            double half = Math.Max(2e-3, Math.Min((_high[a] - _low[a]) * 0.35, 3 * Math.Abs(target - before) + 4 * size));
            (_low[a], _high[a]) = (Prices[a] - half, Prices[a] + half);
            if (isFloor) (_low[a], _high[a]) = (Math.Max(-Most, _low[a]), Math.Min(0, _high[a]));
            else (_low[a], _high[a]) = (Math.Max(0, _low[a]), Math.Min(Most, _high[a]));
            if (!(_high[a] > _low[a])) _high[a] = _low[a] + 2e-3;
        }
    }

    /// <summary>Looks farther again: what a part of the users said is not yet what all of them say.</summary>
    public void Widen()
    {
        for (int a = 0; a < Prices.Length; a++)
        {
            bool isFloor = _accounts.All[a].IsFloor;
            _low[a] = Math.Max(isFloor ? -Most : 0, Prices[a] - 0.1);
            _high[a] = Math.Min(isFloor ? 0 : Most, Prices[a] + 0.1);
            if (!(_high[a] > _low[a])) _low[a] = _high[a] - 0.1;
        }
    }

    public void Set(double[] prices) => prices.CopyTo(Prices, 0);

    /// <summary>What each item costs: the sum of its accounts' prices.</summary>
    public double[] OfItems()
    {
        var prices = new double[_accounts.Items];
        for (int item = 0; item < prices.Length; item++)
            foreach (int account in _accounts.Of(item)) prices[item] += Prices[account];
        return prices;
    }
}
