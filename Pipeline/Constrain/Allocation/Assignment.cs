using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// Lists at given prices, user after user in the order of the blocks, each of what the users before them left. So no limit is broken, whatever the prices are.
/// What is left over then goes to whom it brings most, as prices fall; where a floor is not met, its subsidy rises.
/// </summary>
internal sealed class Assignment(RuleSet rules, Accounts accounts, PriceSearch search, StageContext context)
{
    /// <summary>No list is worth so much.</summary>
    private const double Held = 100;

    /// <summary>Shares of the prices at which what is left over is offered, one pass each.</summary>
    private static readonly double[] s_falling = [0.5, 0];

    /// <summary>What subsidies are raised by where a floor is not met, one pass each: those come first who lose least.</summary>
    private static readonly double[] s_raises = [0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.3, 2.6];

    private readonly long[] _used = new long[accounts.All.Count];
    private readonly double[] _prices = search.OfItems();
    private readonly double[] _accountPrices = (double[])search.Prices.Clone();
    private double _raise;
    private readonly UserChoice _choice = new(rules);

    public AllocationResult Run(
        IReadOnlyList<string> blocks, long[]? used, double bound, int rounds, Action<int, AllocationBlock, ushort[][]> take)
    {
        used?.CopyTo(_used, 0);
        for (int a = 0; a < _used.Length; a++) if (IsFull(a)) Close(a);
        var lists = new ushort[blocks.Count][][];
        foreach (var (b, path) in blocks.Index())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            lists[b] = First(AllocationBlock.Read(path));
            context.Progress.Step("allocated", b + 1, blocks.Count, "blocks");
        }
        foreach (double share in s_falling) Improve(blocks, lists, share);
        foreach (double raise in s_raises)
        {
            if (!Raise(raise)) break;
            Fill(blocks, lists);
        }
        return Finish(blocks, lists, bound, rounds, take);
    }

    private ushort[][] First(AllocationBlock block)
    {
        var lists = new ushort[block.Users.Length][];
        for (int u = 0; u < lists.Length; u++)
        {
            _choice.Choose(block, u, _prices);
            lists[u] = Chosen(block, u);
        }
        return lists;
    }

    private ushort[] Chosen(AllocationBlock block, int u)
    {
        var taken = _choice.Taken;
        var list = new List<ushort>(block.Lengths[u]);
        for (int k = 0; k < taken.Length; k++)
        {
            if (!taken[k]) continue;
            list.Add((ushort)k);
            Count(block.Items[block.Offsets[u] + k], 1);
        }
        return [.. list];
    }

    /// <summary>Gives each user in turn the best list of what there is beside their own entries, at prices of now. No night is worth less after it.</summary>
    private void Improve(IReadOnlyList<string> blocks, ushort[][][] lists, double share)
    {
        for (int a = 0; a < _accountPrices.Length; a++)
            if (!accounts.All[a].IsFloor) _accountPrices[a] = search.Prices[a] * share;
        for (int item = 0; item < _prices.Length; item++) Price(item);
        foreach (var (b, path) in blocks.Index())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var block = AllocationBlock.Read(path);
            for (int u = 0; u < block.Users.Length; u++) lists[b][u] = Again(block, u, lists[b][u]);
        }
    }

    private ushort[] Again(AllocationBlock block, int u, ushort[] list)
    {
        int first = block.Offsets[u];
        foreach (ushort k in list) Count(block.Items[first + k], -1);
        // What a floor would miss stays.
        var held = new List<(int Item, double Price)>();
        foreach (ushort k in list)
        {
            int item = block.Items[first + k];
            if (!IsNeeded(item)) continue;
            held.Add((item, _prices[item]));
            _prices[item] -= Held;
        }
        // Where caps overlap, a list that is chosen anew need not be better than the one that is there.
        var profile = rules.Of(block.Users[u]);
        double least = profile.IsLaminar ? double.NegativeInfinity : Value(block, u, list, profile);
        bool isBetter = _choice.Choose(block, u, _prices) >= least;
        foreach (var (item, price) in held) _prices[item] = price;
        if (isBetter) return Chosen(block, u);
        foreach (ushort k in list) Count(block.Items[first + k], 1);
        return list;
    }

    /// <summary>What a list is worth at prices of now.</summary>
    private double Value(AllocationBlock block, int u, ushort[] list, UserProfile profile)
    {
        double value = UserChoice.Wanted * WantedEntries.Count(profile, block, u, list);
        foreach (ushort k in list) value += UserChoice.Full + block.Weights[block.Offsets[u] + k] - _prices[block.Items[block.Offsets[u] + k]];
        return value;
    }

    private bool IsNeeded(int item)
    {
        foreach (int account in accounts.Of(item))
            if (IsMissed(account)) return true;
        return false;
    }

    /// <returns>Whether a floor is not met.</returns>
    private bool Raise(double by)
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

    /// <summary>Gives lists entries that a floor misses, until it does not any more.</summary>
    private void Fill(IReadOnlyList<string> blocks, ushort[][][] lists)
    {
        foreach (var (b, path) in blocks.Index())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var block = AllocationBlock.Read(path);
            for (int u = 0; u < block.Users.Length; u++)
            {
                bool helps = false;
                for (int at = block.Offsets[u]; at < block.Offsets[u + 1] && !helps; at++) helps = IsNeeded(block.Items[at]);
                if (helps) lists[b][u] = Again(block, u, lists[b][u]);
            }
        }
    }

    private AllocationResult Finish(
        IReadOnlyList<string> blocks, ushort[][][] lists, double bound, int rounds, Action<int, AllocationBlock, ushort[][]> take)
    {
        double worth = 0, before = 0, weight = 0, weightBefore = 0;
        long changed = 0;
        var cost = new double[_used.Length];
        foreach (var (b, path) in blocks.Index())
        {
            var block = AllocationBlock.Read(path);
            for (int u = 0; u < block.Users.Length; u++)
            {
                var (own, ownWanted) = Worth(block, u, lists[b][u]);
                ushort[] was = [.. Enumerable.Range(0, block.Lengths[u]).Select(k => (ushort)k)];
                var (old, oldWanted) = Worth(block, u, was);
                (weight, weightBefore) = (weight + own, weightBefore + old);
                worth += own + lists[b][u].Length * UserChoice.Full + ownWanted * UserChoice.Wanted;
                before += old + was.Length * UserChoice.Full + oldWanted * UserChoice.Wanted;
                if (lists[b][u].Length == was.Length && lists[b][u].All(k => k < was.Length)) continue;
                changed++;
                Charge(block, u, lists[b][u], old - own, cost);
            }
            take(b, block, lists[b]);
        }
        return new AllocationResult(
            rounds, Math.Max(bound, worth), worth, before, weight, weightBefore, (double[])search.Prices.Clone(), _used, changed, cost);
    }

    private (double Weight, int Wanted) Worth(AllocationBlock block, int u, ushort[] list)
    {
        double weight = 0;
        foreach (ushort k in list) weight += block.Weights[block.Offsets[u] + k];
        return (weight, WantedEntries.Count(rules.Of(block.Users[u]), block, u, list));
    }

    /// <summary>Lays what a list lost on the accounts whose price moved its entries, each by its price.</summary>
    private void Charge(AllocationBlock block, int u, ushort[] list, double lost, double[] cost)
    {
        int first = block.Offsets[u];
        var blamed = new List<(int Account, double Price)>();
        for (int k = 0; k < block.Lengths[u]; k++)
            if (!list.Contains((ushort)k)) Blame(first + k, isOut: true);
        foreach (ushort k in list)
            if (k >= block.Lengths[u]) Blame(first + k, isOut: false);
        double sum = blamed.Sum(x => x.Price);
        foreach (var (account, price) in blamed) cost[account] += sum > 0 ? lost * price / sum : lost / blamed.Count;

        void Blame(int at, bool isOut)
        {
            foreach (int account in accounts.Of(block.Items[at]))
                if (accounts.All[account].IsFloor != isOut) blamed.Add((account, Math.Abs(search.Prices[account])));
        }
    }

    private bool IsMissed(int account) => accounts.All[account].IsFloor && _used[account] < accounts.All[account].Bound;

    private bool IsFull(int account) => !accounts.All[account].IsFloor && _used[account] >= accounts.All[account].Bound;

    private void Count(int item, int by)
    {
        foreach (int account in accounts.Of(item))
        {
            bool was = IsFull(account), wasMissed = IsMissed(account);
            _used[account] += by;
            if (was != IsFull(account) || wasMissed != IsMissed(account)) Close(account);
        }
    }

    /// <summary>An account that is full has items that cannot be had, and one that misses its floor has cheaper ones, as long as it does.</summary>
    private void Close(int account)
    {
        foreach (int item in accounts.ItemsOf(account)) Price(item);
    }

    private void Price(int item)
    {
        double price = 0;
        bool isFull = false;
        foreach (int account in accounts.Of(item))
        {
            price += _accountPrices[account] - (IsMissed(account) ? _raise : 0);
            isFull |= IsFull(account);
        }
        _prices[item] = isFull ? double.PositiveInfinity : price;
    }
}
