using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// The bounds that an allocation works with: what lists that stay leave of each, no floor above what there is anybody to meet it with, and without limits that
/// could not be broken if everybody got all they could; and, of promotions whose items are all limited, how many entries they can have together: no bound of
/// its own, but the price of items that stand in for each other moves as one there. Memory: 4 bytes an item, 8 for every item and account it counts towards,
/// 17 an account and 4 a thread.
/// </summary>
internal sealed class AccountBounds
{
    private readonly int[] _first;
    private readonly int[] _of;
    private readonly Accounts _accounts;
    private readonly List<JointItems> _together;

    private AccountBounds(Accounts accounts, RuleSet rules, long[]? used, long[] most)
    {
        _accounts = accounts;
        var left = new long[accounts.All.Count];
        for (int a = 0; a < left.Length; a++) left[a] = Math.Max(0, accounts.All[a].Bound - (used?[a] ?? 0));
        // Nobody has more of an item than those who could have it.
        _together = Together(accounts, rules, [.. left.Zip(most, Math.Min)]);
        Stated = accounts.All.Count;
        int count = Stated + _together.Count;
        (Bound, IsFloor, IsIdle) = (new long[count], new bool[count], new bool[count]);
        for (int t = 0; t < _together.Count; t++) Bound[Stated + t] = _together[t].Bound;
        for (int a = 0; a < Stated; a++)
        {
            IsFloor[a] = accounts.All[a].IsFloor;
            Bound[a] = IsFloor[a] ? Math.Min(left[a], most[a]) : left[a];
            IsIdle[a] = IsFloor[a] ? left[a] == 0 : most[a] <= left[a];
        }
        _first = new int[accounts.Items + 1];
        var of = new List<int>();
        var joint = _together.Index().SelectMany(t => t.Item.Items.Select(item => (Item: item, Account: Stated + t.Index)))
            .ToLookup(p => p.Item, p => p.Account);
        for (int item = 0; item < accounts.Items; item++)
        {
            foreach (int account in accounts.Of(item))
                if (!IsIdle[account]) of.Add(account);
            of.AddRange(joint[item]);
            _first[item + 1] = of.Count;
        }
        _of = [.. of];
    }

    /// <summary>By account: entries that a limit leaves, and that a floor still asks for.</summary>
    public long[] Bound { get; }

    /// <summary>Accounts that rules state; those behind them are of promotions whose items share a price.</summary>
    public int Stated { get; }

    public bool[] IsFloor { get; }

    /// <summary>Accounts that no list needs to heed.</summary>
    public bool[] IsIdle { get; }

    public int Items => _first.Length - 1;

    /// <summary>The accounts that an item counts towards, without idle ones.</summary>
    public ReadOnlySpan<int> Of(int item) => _of.AsSpan(_first[item], _first[item + 1] - _first[item]);

    public ReadOnlySpan<int> ItemsOf(int account) => account < Stated ? _accounts.ItemsOf(account) : _together[account - Stated].Items;

    /// <summary>Prices of the accounts that rules state, what items of promotions cost together laid on their limits.</summary>
    public double[] StatedPrices(double[] prices)
    {
        double[] stated = prices[..Stated];
        for (int t = 0; t < _together.Count; t++)
            foreach (int limit in _together[t].Limits) stated[limit] += prices[Stated + t];
        return stated;
    }

    /// <param name="used">Entries that lists which stay as they are take of each account; null: there are none.</param>
    public static AccountBounds Count(Accounts accounts, RuleSet rules, long[]? used, IReadOnlyList<string> blocks, StageContext context)
    {
        var most = new long[accounts.All.Count];
        var gate = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(
            0, blocks.Count, parallel, () => (Most: new long[most.Length], Has: new int[most.Length], Touched: new List<int>(), Block: (AllocationBlock?)null),
            (b, _, own) =>
            {
                var block = own.Block = AllocationBlock.Read(blocks[b], own.Block);
                for (int u = 0; u < block.Count; u++)
                {
                    for (int at = block.Offsets[u]; at < block.Offsets[u + 1]; at++)
                        foreach (int account in accounts.Of(block.Items[at]))
                            if (own.Has[account]++ == 0) own.Touched.Add(account);
                    foreach (int account in own.Touched)
                    {
                        own.Most[account] += Math.Min(own.Has[account], block.Lengths[u]);
                        own.Has[account] = 0;
                    }
                    own.Touched.Clear();
                }
                return own;
            },
            own =>
            {
                lock (gate)
                    for (int a = 0; a < most.Length; a++) most[a] += own.Most[a];
            });
        return new AccountBounds(accounts, rules, used, most);
    }

    private static List<JointItems> Together(Accounts accounts, RuleSet rules, long[] most)
    {
        var together = new List<JointItems>();
        foreach (var rule in rules.Active.Where(r => r.Places))
        {
            if (rules.ItemsOf(rule) is not { } among) continue;
            int[] items = [.. Enumerable.Range(0, accounts.Items).Where(among.Contains)];
            // One limit an item, or what they have together is not the sum.
            int[] limits = [.. items.Select(item => Limit(accounts, item, most)).Distinct()];
            if (items.Length < 2 || limits.Length < items.Length || limits.Contains(-1)) continue;
            together.Add(new JointItems(items, limits, limits.Sum(a => most[a])));
        }
        return together;
    }

    /// <param name="Items">Items of a promotion that share a price.</param>
    /// <param name="Limits">The account of each.</param>
    private sealed record JointItems(int[] Items, int[] Limits, long Bound);

    /// <summary>The tightest limit that an item counts towards; -1: none.</summary>
    private static int Limit(Accounts accounts, int item, long[] left)
    {
        int limit = -1;
        foreach (int account in accounts.Of(item))
            if (!accounts.All[account].IsFloor && (limit < 0 || left[account] < left[limit])) limit = account;
        return limit;
    }
}
