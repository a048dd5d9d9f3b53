using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// Lists at given prices, user after user in the order of the blocks, each of what the users before them left. So no limit is broken, whatever the prices are.
/// What is left over then goes to whom it brings most, as prices fall; where a floor is not met, its subsidy rises.
/// </summary>
internal sealed class Assignment(RuleSet rules, AccountBounds bounds, PriceSearch search, StageContext context)
{
    /// <summary>No list is worth so much.</summary>
    private const double Held = 100;

    /// <summary>Blocks whose lists are chosen at once, each as if all were there to be had.</summary>
    private const int Ahead = 16;

    /// <summary>Shares of the prices at which what is left over is offered, one pass each.</summary>
    private static readonly double[] s_falling = [0.5, 0];

    /// <summary>What subsidies are raised by where a floor is not met, one pass each: those come first who lose least.</summary>
    private static readonly double[] s_raises = [0.005, 0.02, 0.08, 0.3, 1.2, 5];

    private readonly long[] _used = new long[bounds.Bound.Length];
    private readonly double[] _found = search.OfItems();
    private readonly double[] _prices = search.OfItems();
    private readonly bool[] _isMissed = new bool[bounds.Items];
    private readonly bool[] _isCheaper = new bool[bounds.Items];
    private readonly double[] _accountPrices = (double[])search.Prices.Clone();
    private readonly UserChoice _choice = new(rules);
    private double _raise;

    /// <returns>By block and user the candidates that stand on the list, ascending.</returns>
    public ushort[][][] Run(IReadOnlyList<string> blocks)
    {
        for (int a = 0; a < _used.Length; a++)
            if (IsFull(a) || IsMissed(a)) Close(a);
        var lists = new ushort[blocks.Count][][];
        var read = new AllocationBlock?[Ahead];
        for (int from = 0; from < blocks.Count; from += Ahead) First(blocks, from, Math.Min(Ahead, blocks.Count - from), lists, read);
        foreach (double share in s_falling) Improve(blocks, lists, share);
        foreach (double raise in s_raises)
        {
            if (!Raise(raise)) break;
            Pass(blocks, lists, Helps);
        }
        return lists;
    }

    /// <summary>
    /// Lists at the prices that were found: by all threads as if everything could be had, and then, in order, again where something could not. A list that has
    /// nothing which is gone is the best one of what is left too.
    /// </summary>
    private void First(IReadOnlyList<string> blocks, int from, int count, ushort[][][] lists, AllocationBlock?[] read)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, count, parallel, () => new UserChoice(rules), (b, _, choice) =>
        {
            var block = read[b] = AllocationBlock.Read(blocks[from + b], read[b]);
            lists[from + b] = new ushort[block.Count][];
            for (int u = 0; u < block.Count; u++)
            {
                choice.Choose(block, u, _found);
                lists[from + b][u] = choice.Chosen();
            }
            return choice;
        }, _ => { });
        for (int b = 0; b < count; b++)
        {
            var block = read[b]!;
            for (int u = 0; u < block.Count; u++)
            {
                if (IsGone(block, u, lists[from + b][u]))
                {
                    _choice.Choose(block, u, _prices);
                    lists[from + b][u] = _choice.Chosen();
                }
                Count(block, u, lists[from + b][u], 1);
            }
            context.Progress.Step("allocated", from + b + 1, blocks.Count, "blocks");
        }
    }

    private bool IsGone(AllocationBlock block, int u, ushort[] list)
    {
        foreach (ushort k in list)
            if (double.IsPositiveInfinity(_prices[block.Items[block.Offsets[u] + k]])) return true;
        return false;
    }

    /// <summary>Gives each user in turn the best list of what there is beside their own entries, at prices of now. No night is worth less after it.</summary>
    private void Improve(IReadOnlyList<string> blocks, ushort[][][] lists, double share)
    {
        for (int a = 0; a < _accountPrices.Length; a++)
            if (!bounds.IsFloor[a]) _accountPrices[a] = search.Prices[a] * share;
        for (int item = 0; item < _prices.Length; item++) Price(item);
        Pass(blocks, lists, MayGain);
    }

    private void Pass(IReadOnlyList<string> blocks, ushort[][][] lists, Func<AllocationBlock, int, ushort[], bool> concerns)
    {
        AllocationBlock? block = null;
        foreach (var (b, path) in blocks.Index())
        {
            context.Cancellation.ThrowIfCancellationRequested();
            block = AllocationBlock.Read(path, block);
            for (int u = 0; u < block.Count; u++)
                if (concerns(block, u, lists[b][u])) lists[b][u] = Again(block, u, lists[b][u]);
        }
    }

    /// <summary>Whether something that is cheaper now than when lists were chosen could do better than the least that the list has.</summary>
    private bool MayGain(AllocationBlock block, int u, ushort[] list) =>
        list.Length < block.Lengths[u] || Gains(block, u, list, _isCheaper);

    /// <summary>Whether a candidate that a floor misses could.</summary>
    private bool Helps(AllocationBlock block, int u, ushort[] list) => Gains(block, u, list, _isMissed);

    private bool Gains(AllocationBlock block, int u, ushort[] list, bool[] isMeant)
    {
        int first = block.Offsets[u], entry = 0;
        bool isWanted = rules.Of(block.Users[u]).Placements.Count > 0;
        double least = double.PositiveInfinity;
        for (int k = 0; k < block.Offsets[u + 1] - first; k++)
        {
            int item = block.Items[first + k];
            if (entry < list.Length && list[entry] == k)
            {
                entry++;
                continue;
            }
            if (!isMeant[item]) continue;
            if (double.IsPositiveInfinity(least)) least = Least(block, first, list);
            // What a promotion wants comes for another of it, or brings more than it is worth by itself.
            if (block.Weights[first + k] - _prices[item] + (isWanted ? UserChoice.Wanted : 0) > least) return true;
        }
        return false;
    }

    private double Least(AllocationBlock block, int first, ushort[] list)
    {
        double least = double.PositiveInfinity;
        foreach (ushort k in list)
        {
            int item = block.Items[first + k];
            // An entry that others cannot have any more is worth what it was when it could be had.
            double price = double.IsPositiveInfinity(_prices[item]) ? OpenPrice(item) : _prices[item];
            least = Math.Min(least, block.Weights[first + k] - price);
        }
        return list.Length == 0 ? double.NegativeInfinity : least;
    }

    private ushort[] Again(AllocationBlock block, int u, ushort[] list)
    {
        Count(block, u, list, -1);
        // What a floor would miss stays.
        var held = new List<(int Item, double Price)>();
        foreach (ushort k in list)
        {
            int item = block.Items[block.Offsets[u] + k];
            if (!_isMissed[item]) continue;
            held.Add((item, _prices[item]));
            _prices[item] -= Held;
        }
        // Where caps overlap, a list that is chosen anew need not be better than the one that is there.
        var profile = rules.Of(block.Users[u]);
        double least = profile.IsLaminar ? double.NegativeInfinity : Value(block, u, list, profile);
        ushort[] now = _choice.Choose(block, u, _prices) >= least ? _choice.Chosen() : list;
        foreach (var (item, price) in held) _prices[item] = price;
        Count(block, u, now, 1);
        return now;
    }

    /// <summary>What a list is worth at prices of now.</summary>
    private double Value(AllocationBlock block, int u, ushort[] list, UserProfile profile)
    {
        double value = UserChoice.Wanted * WantedEntries.Count(profile, block, u, list);
        foreach (ushort k in list) value += UserChoice.Full + block.Weights[block.Offsets[u] + k] - _prices[block.Items[block.Offsets[u] + k]];
        return value;
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

    private bool IsMissed(int account) => bounds.IsFloor[account] && _used[account] < bounds.Bound[account];

    private bool IsFull(int account) => !bounds.IsFloor[account] && _used[account] >= bounds.Bound[account];

    private void Count(AllocationBlock block, int u, ushort[] list, int by)
    {
        foreach (ushort k in list)
        {
            foreach (int account in bounds.Of(block.Items[block.Offsets[u] + k]))
            {
                bool was = IsFull(account), wasMissed = IsMissed(account);
                _used[account] += by;
                if (was != IsFull(account) || wasMissed != IsMissed(account)) Close(account);
            }
        }
    }

    /// <summary>An account that is full has items that cannot be had, and one that misses its floor has cheaper ones, as long as it does.</summary>
    private void Close(int account)
    {
        foreach (int item in bounds.ItemsOf(account)) Price(item);
    }

    private double OpenPrice(int item)
    {
        double price = 0;
        foreach (int account in bounds.Of(item)) price += _accountPrices[account];
        return price;
    }

    private void Price(int item)
    {
        double price = 0;
        bool isFull = false;
        _isMissed[item] = false;
        foreach (int account in bounds.Of(item))
        {
            bool isMissed = IsMissed(account);
            price += _accountPrices[account] - (isMissed ? _raise : 0);
            isFull |= IsFull(account);
            _isMissed[item] |= isMissed;
        }
        _prices[item] = isFull ? double.PositiveInfinity : price;
        _isCheaper[item] = _prices[item] < _found[item];
    }
}
