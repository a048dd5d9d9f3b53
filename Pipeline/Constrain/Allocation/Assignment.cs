using System.Collections.Concurrent;
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
    private readonly ConcurrentBag<ListOutlook> _idle = [];

    /// <param name="lists">By block and user the candidates that stand on the best list at the prices, ascending; changed to those that can be had.</param>
    public void Run(IReadOnlyList<string> blocks, ushort[][][] lists)
    {
        int[] which = [.. Enumerable.Range(0, blocks.Count)];
        InOrder(blocks, which, (_, _, _) => { }, (b, block) =>
        {
            First(block, lists[b]);
            context.Progress.Step("allocated", b + 1, blocks.Count, "blocks");
        });
        foreach (double share in s_falling)
        {
            _now.Fall(share);
            // No night is worth less after it.
            Pass(blocks, which, lists, (outlook, block, u, list) => outlook.IfCheaper(block, u, list, Worthwhile));
        }
        foreach (double raise in s_raises)
        {
            if (!_now.Raise(raise)) break;
            // Only blocks where somebody could have more of what floors miss, at whatever subsidy.
            which = Pass(blocks, which, lists, (outlook, block, u, list) => outlook.IfMissed(block, u, list));
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
    private void InOrder(IReadOnlyList<string> blocks, int[] which, Action<ListOutlook, int, AllocationBlock> ahead, Action<int, AllocationBlock> then)
    {
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        foreach (int[] some in which.Chunk(Ahead))
        {
            Parallel.For(0, some.Length, parallel, Rent, (at, _, outlook) =>
            {
                ahead(outlook, some[at], _read[at] = AllocationBlock.Read(blocks[some[at]], _read[at]));
                return outlook;
            }, _idle.Add);
            for (int at = 0; at < some.Length; at++) then(some[at], _read[at]!);
        }
    }

    private ListOutlook Rent() => _idle.TryTake(out var one) ? one : new ListOutlook(rules, _now);

    private bool IsGone(AllocationBlock block, int u, ushort[] list)
    {
        foreach (ushort k in list)
            if (double.IsPositiveInfinity(_now.OfItems[block.Items[block.Offsets[u] + k]])) return true;
        return false;
    }

    /// <summary>
    /// Gives each user in turn, of those who have to expect something of it, the best list of what there is beside their own entries, at prices of now.
    /// </summary>
    /// <returns>The blocks where somebody has candidates that the pass is about.</returns>
    private int[] Pass(
        IReadOnlyList<string> blocks, int[] which, ushort[][][] lists, Func<ListOutlook, AllocationBlock, int, ushort[], Outlook> expects)
    {
        var whose = new List<int>[blocks.Count];
        var inTurn = Rent();
        var any = new bool[blocks.Count];
        InOrder(blocks, which, (outlook, b, block) =>
        {
            whose[b] = [];
            for (int u = 0; u < block.Count; u++)
            {
                var expected = expects(outlook, block, u, lists[b][u]);
                any[b] |= expected != Outlook.None;
                if (expected == Outlook.Gain) whose[b].Add(u);
            }
        }, (b, block) =>
        {
            // Users before may have taken what there was, or met the floor.
            foreach (int u in whose[b])
                if (expects(inTurn, block, u, lists[b][u]) == Outlook.Gain) lists[b][u] = Again(block, u, lists[b][u]);
            whose[b] = [];
        });
        _idle.Add(inTurn);
        return [.. which.Where(b => any[b])];
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
