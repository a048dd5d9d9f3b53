using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// Lists at given prices, user after user in the order of the blocks, each of what the users before them left. So no limit is broken, whatever the prices are.
/// What is left over then goes to whom it brings most, as prices fall; where a floor is not met, its subsidy rises.
/// </summary>
internal sealed class Assignment(RuleSet rules, Accounts accounts, PriceSearch search, StageContext context)
{
    private const double Least = 1e-6;

    /// <summary>Shares of the prices at which what is left over is offered, one pass each.</summary>
    private static readonly double[] s_falling = [0.5, 0];

    /// <summary>How often a subsidy is raised by <see cref="Raise"/> where its floor is not met.</summary>
    private const int Raises = 6;

    private const double Raise = 0.3;

    private readonly long[] _used = new long[accounts.All.Count];
    private readonly double[] _prices = search.OfItems();
    // What items cost whether they can be had or not: to those who have one it is worth the same after the last one is gone.
    private readonly double[] _open = search.OfItems();
    private readonly double[] _accountPrices = (double[])search.Prices.Clone();
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
        for (int raise = 0; raise < Raises && RaiseFloors(); raise++) Improve(blocks, lists, 0);
        return Finish(blocks, lists, bound, rounds, take);
    }

    private ushort[][] First(AllocationBlock block)
    {
        var lists = new ushort[block.Users.Length][];
        for (int u = 0; u < lists.Length; u++)
        {
            _choice.Choose(block, u, _prices, out _);
            var taken = _choice.Taken;
            var list = new List<ushort>(block.Lengths[u]);
            for (int k = 0; k < taken.Length; k++)
            {
                if (!taken[k]) continue;
                list.Add((ushort)k);
                Count(block.Items[block.Offsets[u] + k], 1);
            }
            lists[u] = [.. list];
        }
        return lists;
    }

    /// <summary>Swaps entries for candidates that bring more at prices of now, where the bounds of their accounts leave room.</summary>
    private void Improve(IReadOnlyList<string> blocks, ushort[][][] lists, double share)
    {
        for (int a = 0; a < _accountPrices.Length; a++)
            if (!accounts.All[a].IsFloor) _accountPrices[a] = search.Prices[a] * share;
        for (int item = 0; item < _prices.Length; item++) Price(item);
        var swap = new EntrySwap(rules, accounts, _used, _prices, _open);
        foreach (var (b, path) in blocks.Index())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var block = AllocationBlock.Read(path);
            for (int u = 0; u < block.Users.Length; u++)
            {
                var list = lists[b][u];
                while (swap.Find(block, u, list, Least) is { } found)
                {
                    if (found.Out >= 0)
                    {
                        Count(block.Items[block.Offsets[u] + list[found.Out]], -1);
                        list[found.Out] = found.In;
                    }
                    else lists[b][u] = list = [.. list, found.In];
                    Count(block.Items[block.Offsets[u] + found.In], 1);
                }
            }
        }
    }

    /// <returns>Whether a floor is not met.</returns>
    private bool RaiseFloors()
    {
        bool any = false;
        for (int a = 0; a < _used.Length; a++)
        {
            if (!accounts.All[a].IsFloor || _used[a] >= accounts.All[a].Bound) continue;
            _accountPrices[a] -= Raise;
            any = true;
        }
        return any;
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

    private bool IsFull(int account) => !accounts.All[account].IsFloor && _used[account] >= accounts.All[account].Bound;

    private void Count(int item, int by)
    {
        foreach (int account in accounts.Of(item))
        {
            bool was = IsFull(account);
            _used[account] += by;
            if (was != IsFull(account)) Close(account);
        }
    }

    /// <summary>An account that is full has items that cannot be had; one that is not any more gives them back.</summary>
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
            price += _accountPrices[account];
            isFull |= IsFull(account);
        }
        (_open[item], _prices[item]) = (price, isFull ? double.PositiveInfinity : price);
    }
}
