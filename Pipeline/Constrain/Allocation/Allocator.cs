using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>What an allocation came to.</summary>
/// <param name="Bound">No allocation that keeps all limits and floors is worth more, by Lagrangian duality at the best prices found.</param>
/// <param name="Worth">What the lists are worth now: weights, 1 an entry and 4 for each that a rule wants.</param>
/// <param name="Before">The same of the lists before.</param>
/// <param name="Weight">Weights of the lists now: relevance, boosts and gains.</param>
/// <param name="WeightBefore">The same of the lists before.</param>
/// <param name="Used">Entries that count towards each account.</param>
internal sealed record AllocationResult(
    int Rounds, double Bound, double Worth, double Before, double Weight, double WeightBefore, double[] Prices, long[] Used, long Changed, double[] Cost)
{
    /// <summary>The bound on the weights, entries and what rules want being as they are.</summary>
    public double WeightBound => Weight + Math.Max(0, Bound - Worth);

    /// <summary>How far the lists may be from the best there are, as a share of their weights.</summary>
    public double Gap => Weight <= 0 ? 0 : Math.Max(0, Bound - Worth) / Weight;
}

/// <summary>
/// Allocates items to lists across all users of a night: lists of the greatest worth so that no limit is broken and floors are met, as far as there is anybody
/// to meet them. Prices come first, by <see cref="PriceSearch"/> over all users in parallel; then one pass in the order of the blocks gives each user their
/// best list at those prices of what is left, so no limit is ever broken; then passes with falling prices give out what was left over, and with rising
/// subsidies see to floors. Deterministic at any number of threads. Memory: <c>threads x (136 accounts + 12 x candidates of a block)</c> bytes, 8 an item,
/// 40 an account and <c>2 x entries</c> for the choice; candidates lie on disk, 12 bytes each, and are read once a round.
/// </summary>
internal sealed class Allocator(RuleSet rules, Accounts accounts, RulesOptions options, StageContext context)
{
    /// <summary>Rounds without a better bound after which there is none to come.</summary>
    private const int Patience = 6;

    /// <summary>What an entry too many or too few is taken to cost at least.</summary>
    private const double Unpriced = 0.1;

    /// <summary>Rounds in which prices go too far and come back.</summary>
    private const int Settling = 12;

    /// <summary>Blocks that the first rounds look at are one in so many.</summary>
    private const int SampleOf = 8;

    private readonly List<UserChoice> _idle = [];
    private readonly Lock _lock = new();

    /// <param name="blocks">Scratch files of <see cref="AllocationBlock"/>, in order.</param>
    /// <param name="used">Entries that lists which stay as they are take of each account; null: there are none.</param>
    /// <param name="take">Is given every block with, of each of its entries, the candidate that stands there now; in order.</param>
    public AllocationResult Run(IReadOnlyList<string> blocks, long[]? used, Action<int, AllocationBlock, ushort[][]> take)
    {
        var search = new PriceSearch(accounts) { Taken = used };
        var best = (Bound: double.PositiveInfinity, Prices: (double[])search.Prices.Clone());
        int rounds = 0, since = 0;
        // Few accounts are so scarce that a part of the users does not tell their price, and that part takes a part of the time.
        int[] all = [.. Enumerable.Range(0, blocks.Count)];
        int[] some = [.. all.Where(b => b % SampleOf == 0)];
        if (blocks.Count >= 4 * SampleOf)
        {
            double share = (double)some.Length / blocks.Count;
            for (int round = 0; round < options.Rounds / 2; round++, rounds++)
            {
                var (bids, _, _) = Round(blocks, some, search);
                search.Move(bids, Pace(round), share);
            }
            search.Widen();
        }
        for (int round = 0; round < options.Rounds; round++)
        {
            var (bids, bound, demand) = Round(blocks, all, search);
            rounds++;
            bound += Offset(search.Prices, used);
            since = round < Settling || bound < best.Bound - options.Gap * 0.05 * WeightOf(bound) ? 0 : since + 1;
            if (bound < best.Bound) best = (bound, (double[])search.Prices.Clone());
            context.Progress.Step("allocation", round + 1, options.Rounds, "rounds");
            // What prices times what is not used or too much says: the most that better prices could bring.
            if (Slack(search.Prices, demand, used) <= options.Gap * 0.5 * Math.Max(1, WeightOf(bound)) || since >= Patience) break;
            search.Move(bids, Pace(rounds), 1);
        }
        search.Set(best.Prices);
        return new Assignment(rules, accounts, search, context).Run(blocks, used, best.Bound, rounds, take);
    }

    private long _entries;

    private static double Pace(int round) => round < 4 ? 0.8 : round < 12 ? 0.6 : 0.4;

    private double WeightOf(double bound) => Math.Max(0, bound - _entries * UserChoice.Full);

    /// <summary>What the dual has beside the users' lists: each price times its bound.</summary>
    private double Offset(double[] prices, long[]? used)
    {
        double sum = 0;
        for (int a = 0; a < prices.Length; a++) sum += prices[a] * (accounts.All[a].Bound - (used?[a] ?? 0));
        return sum;
    }

    private double Slack(double[] prices, long[] demand, long[]? used)
    {
        double sum = 0;
        for (int a = 0; a < prices.Length; a++)
        {
            double left = accounts.All[a].Bound - (used?[a] ?? 0) - demand[a];
            // What is not kept yet has no price that tells what it costs.
            bool isBroken = accounts.All[a].IsFloor ? left > 0 : left < 0;
            sum += Math.Abs(left) * (isBroken ? Math.Max(Unpriced, Math.Abs(prices[a])) : Math.Abs(prices[a]));
        }
        return sum;
    }

    private (int[] Bids, double Bound, long[] Demand) Round(IReadOnlyList<string> blocks, int[] which, PriceSearch search)
    {
        var prices = search.OfItems();
        var bids = new int[search.Prices.Length * PriceSearch.Width];
        var demand = new long[search.Prices.Length];
        var bounds = new double[which.Length];
        long entries = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(
            0, which.Length, parallel,
            () => (Choice: Rent(), Bids: new int[bids.Length], Demand: new long[demand.Length], Entries: new long[1]),
            (b, _, own) =>
            {
                var block = AllocationBlock.Read(blocks[which[b]]);
                for (int u = 0; u < block.Users.Length; u++)
                {
                    own.Choice.Choose(block, u, prices, out double bound);
                    bounds[b] += bound;
                    own.Entries[0] += block.Lengths[u];
                    Bid(block, u, own.Choice, search, own.Bids, own.Demand);
                }
                return own;
            },
            own =>
            {
                lock (_lock)
                {
                    for (int i = 0; i < bids.Length; i++) bids[i] += own.Bids[i];
                    for (int a = 0; a < demand.Length; a++) demand[a] += own.Demand[a];
                    entries += own.Entries[0];
                    _idle.Add(own.Choice);
                }
            });
        _entries = entries;
        // In the order of blocks, so that the sum is the same at any number of threads.
        double sum = 0;
        foreach (double bound in bounds) sum += bound;
        return (bids, sum, demand);
    }

    private void Bid(AllocationBlock block, int u, UserChoice choice, PriceSearch search, int[] bids, long[] demand)
    {
        int first = block.Offsets[u];
        var taken = choice.Taken;
        choice.Weigh(block, u);
        for (int k = 0; k < taken.Length; k++)
        {
            var of = accounts.Of(block.Items[first + k]);
            if (of.IsEmpty) continue;
            double margin = choice.Margin(k, block.Items[first + k]);
            foreach (int account in of)
            {
                if (taken[k]) demand[account]++;
                bids[account * PriceSearch.Width + search.BinOf(account, search.Prices[account] + margin)]++;
            }
        }
    }

    private UserChoice Rent()
    {
        lock (_lock)
        {
            if (_idle.Count == 0) return new UserChoice(rules);
            var one = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            return one;
        }
    }
}
