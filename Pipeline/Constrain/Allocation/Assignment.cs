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

    /// <summary>What a list has to gain, in relevance, to be chosen again for what is left over.</summary>
    private const double Worthwhile = 0.02;

    /// <summary>Blocks that are read at once, and whose users are told apart at once: those whom a pass may concern, and others.</summary>
    private const int Ahead = 16;

    /// <summary>Shares of the prices at which what is left over is offered, one pass each.</summary>
    private static readonly double[] s_falling = [0.5, 0];

    /// <summary>What subsidies are raised by where a floor is not met, one pass each: those come first who lose least.</summary>
    private static readonly double[] s_raises = [0.005, 0.02, 0.08, 0.3, 1.2, 5];

    private readonly RunningPrices _now = new(bounds, search);
    private readonly UserChoice _choice = new(rules);
    private readonly AllocationBlock?[] _read = new AllocationBlock?[Ahead];
    private volatile bool _canHelp;

    /// <param name="lists">By block and user the candidates that stand on the best list at the prices, ascending; changed to those that can be had.</param>
    public void Run(IReadOnlyList<string> blocks, ushort[][][] lists)
    {
        InOrder(blocks, (_, _) => { }, (b, block) =>
        {
            First(block, lists[b]);
            context.Progress.Step("allocated", b + 1, blocks.Count, "blocks");
        });
        foreach (double share in s_falling) Improve(blocks, lists, share);
        foreach (double raise in s_raises)
        {
            _canHelp = false;
            if (!_now.Raise(raise)) break;
            Pass(blocks, lists, Helps);
            // Nobody is left who could have more of what floors miss, at whatever subsidy.
            if (!_canHelp) break;
        }
    }

    /// <summary>Chooses again where something is gone. A list that has nothing of the kind is the best one of what is left too.</summary>
    private void First(AllocationBlock block, ushort[][] lists)
    {
        for (int u = 0; u < block.Count; u++)
        {
            if (IsGone(block, u, lists[u]))
            {
                _choice.Choose(block, u, _now.OfItems);
                lists[u] = _choice.Chosen();
            }
            _now.Count(block, u, lists[u], 1);
            lists[u] = Within(block, u, lists[u]);
        }
    }

    /// <summary>Two entries of a list may count towards an account that has room for one: then it is chosen without the last of them.</summary>
    private ushort[] Within(AllocationBlock block, int u, ushort[] list)
    {
        var barred = new List<int>();
        while (_now.Over(block, u, list) is >= 0 and var item)
        {
            _now.Count(block, u, list, -1);
            barred.Add(item);
            _now.Bar(item, true);
            _choice.Choose(block, u, _now.OfItems);
            list = _choice.Chosen();
            _now.Count(block, u, list, 1);
        }
        foreach (int item in barred) _now.Bar(item, false);
        return list;
    }

    /// <summary>Reads blocks by all threads, some at once; what is done with each after that comes in their order.</summary>
    /// <param name="ahead">What can be done at once, at prices of before those blocks.</param>
    private void InOrder(IReadOnlyList<string> blocks, Action<int, AllocationBlock> ahead, Action<int, AllocationBlock> then)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        for (int from = 0; from < blocks.Count; from += Ahead)
        {
            int first = from, count = Math.Min(Ahead, blocks.Count - from);
            Parallel.For(0, count, parallel, b => ahead(first + b, _read[b] = AllocationBlock.Read(blocks[first + b], _read[b])));
            for (int b = 0; b < count; b++) then(first + b, _read[b]!);
        }
    }

    private bool IsGone(AllocationBlock block, int u, ushort[] list)
    {
        foreach (ushort k in list)
            if (double.IsPositiveInfinity(_now.OfItems[block.Items[block.Offsets[u] + k]])) return true;
        return false;
    }

    /// <summary>Gives each user in turn the best list of what there is beside their own entries, at prices of now. No night is worth less after it.</summary>
    private void Improve(IReadOnlyList<string> blocks, ushort[][][] lists, double share)
    {
        _now.Fall(share);
        Pass(blocks, lists, MayGain);
    }

    private void Pass(IReadOnlyList<string> blocks, ushort[][][] lists, Func<AllocationBlock, int, ushort[], bool> concerns)
    {
        var whose = new List<int>[blocks.Count];
        InOrder(
            blocks, (b, block) => whose[b] = [.. Enumerable.Range(0, block.Count).Where(u => concerns(block, u, lists[b][u]))],
            (b, block) =>
            {
                foreach (int u in whose[b]) lists[b][u] = Again(block, u, lists[b][u]);
                whose[b] = [];
            });
    }

    /// <summary>Whether something that is cheaper now than when lists were chosen could do better than the least that the list has.</summary>
    private bool MayGain(AllocationBlock block, int u, ushort[] list) =>
        list.Length < block.Lengths[u] || Gains(block, u, list, _now.IsCheaper, Worthwhile);

    /// <summary>Whether a candidate that a floor misses could.</summary>
    private bool Helps(AllocationBlock block, int u, ushort[] list) => Gains(block, u, list, _now.IsMissedItem, 0);

    private bool Gains(AllocationBlock block, int u, ushort[] list, bool[] isMeant, double more)
    {
        int first = block.Offsets[u], entry = 0;
        var (least, leastFree) = (double.NaN, double.NaN);
        var placements = rules.Of(block.Users[u]).Placements;
        for (int k = 0; k < block.Offsets[u + 1] - first; k++)
        {
            int item = block.Items[first + k];
            if (entry < list.Length && list[entry] == k)
            {
                entry++;
                continue;
            }
            if (!isMeant[item] || double.IsPositiveInfinity(_now.OfItems[item])) continue;
            // Several threads may say so; none takes it back.
            _canHelp = true;
            if (double.IsNaN(least)) (least, leastFree) = Least(block, first, list, placements);
            // What a promotion wants comes for another of it, or brings more than it is worth by itself.
            double value = block.Weights[first + k] - _now.OfItems[item] - more;
            if (value > leastFree || value + UserChoice.Wanted > least && IsWanted(item, placements)) return true;
        }
        return false;
    }

    private static bool IsWanted(int item, IReadOnlyList<Placement> placements)
    {
        for (int p = 0; p < placements.Count; p++)
            if (placements[p].Items.Contains(item)) return true;
        return false;
    }

    /// <summary>The least that an entry is worth; and the same of entries that no promotion wants, where there are any.</summary>
    private (double Least, double Free) Least(AllocationBlock block, int first, ushort[] list, IReadOnlyList<Placement> placements)
    {
        double least = double.PositiveInfinity, free = double.PositiveInfinity;
        foreach (ushort k in list)
        {
            int item = block.Items[first + k];
            // An entry that others cannot have any more is worth what it was when it could be had.
            double value = block.Weights[first + k] - (double.IsPositiveInfinity(_now.OfItems[item]) ? _now.Open(item) : _now.OfItems[item]);
            least = Math.Min(least, value);
            if (!IsWanted(item, placements)) free = Math.Min(free, value);
        }
        if (list.Length == 0) least = double.NegativeInfinity;
        return (least, double.IsPositiveInfinity(free) ? least : free);
    }

    private ushort[] Again(AllocationBlock block, int u, ushort[] list)
    {
        _now.Count(block, u, list, -1);
        // What a floor would miss stays.
        var held = new List<(int Item, double Price)>();
        foreach (ushort k in list)
        {
            int item = block.Items[block.Offsets[u] + k];
            if (!_now.IsMissedItem[item]) continue;
            held.Add((item, _now.OfItems[item]));
            _now.OfItems[item] -= Held;
        }
        // Where caps overlap, a list that is chosen anew need not be better than the one that is there.
        var profile = rules.Of(block.Users[u]);
        double least = profile.IsLaminar ? double.NegativeInfinity : Value(block, u, list, profile);
        ushort[] now = _choice.Choose(block, u, _now.OfItems) >= least ? _choice.Chosen() : list;
        foreach (var (item, price) in held) _now.OfItems[item] = price;
        _now.Count(block, u, now, 1);
        if (_now.Over(block, u, now) < 0) return now;
        _now.Count(block, u, now, -1);
        _now.Count(block, u, list, 1);
        return list;
    }

    /// <summary>What a list is worth at prices of now.</summary>
    private double Value(AllocationBlock block, int u, ushort[] list, UserProfile profile)
    {
        double value = UserChoice.Wanted * WantedEntries.Count(profile, block, u, list);
        foreach (ushort k in list) value += UserChoice.Full + block.Weights[block.Offsets[u] + k] - _now.OfItems[block.Items[block.Offsets[u] + k]];
        return value;
    }
}
