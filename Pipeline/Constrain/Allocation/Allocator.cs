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
/// to meet them. Prices come first, by <see cref="PriceSearch"/> over all users in parallel, at first over a part of them; then one pass in the order of the
/// blocks gives each user their best list at those prices of what is left, so no limit is ever broken; then passes with falling prices give out what was left
/// over, and with rising subsidies see to floors. Deterministic at any number of threads. Memory: <c>threads x (148 accounts + 14 x candidates of a block)</c>
/// bytes, 26 an item, 57 an account and <c>2 x entries</c> for the choice; candidates lie on disk, 12 bytes each, and are read once a round.
/// </summary>
internal sealed class Allocator(RuleSet rules, Accounts accounts, RulesOptions options, StageContext context)
{
    /// <summary>Rounds without a better bound after which there is none to come.</summary>
    private const int Patience = 4;

    /// <summary>What an entry too many or too few is taken to cost at least.</summary>
    private const double Unpriced = 0.1;

    /// <summary>Rounds over all users in which prices go too far and come back.</summary>
    private const int Settling = 4;

    /// <summary>
    /// The first rounds ask one block of so many, so many rounds long: few accounts are so scarce that a part of the users does not tell their price.
    /// </summary>
    private static readonly (int Of, int Rounds)[] s_parts = [(16, 12), (4, 6)];

    private readonly List<Worker> _idle = [];
    private readonly Lock _lock = new();
    private double _rewards;

    /// <param name="blocks">Scratch files of <see cref="AllocationBlock"/>, in order.</param>
    /// <param name="used">Entries that lists which stay as they are take of each account; null: there are none.</param>
    /// <param name="take">Is given every block with, of each of its entries, the candidate that stands there now; by several threads at once.</param>
    public AllocationResult Run(IReadOnlyList<string> blocks, long[]? used, Action<int, AllocationBlock, ushort[][]> take)
    {
        var bounds = AccountBounds.Count(accounts, rules, used, blocks, context);
        var search = new PriceSearch(bounds);
        int rounds = 0;
        int[] all = [.. Enumerable.Range(0, blocks.Count)];
        foreach (var (of, count) in s_parts)
        {
            int[] some = [.. all.Where(b => b % of == 0)];
            if (some.Length < 8) continue;
            for (int round = 0; round < Math.Min(count, options.Rounds); round++, rounds++)
            {
                var (bids, _, demand) = Round(blocks, some, search, bounds);
                search.Move(bids, demand, Pace(rounds), (double)some.Length / blocks.Count);
            }
            search.Widen(0.1);
        }
        double bound = All(blocks, all, search, bounds, ref rounds);
        var lists = new Assignment(rules, bounds, search, context).Run(blocks);
        return new Settlement(rules, accounts, bounds.StatedPrices(search.Prices), context).Run(blocks, lists, used, bound, rounds, take);
    }

    private double All(IReadOnlyList<string> blocks, int[] all, PriceSearch search, AccountBounds bounds, ref int rounds)
    {
        var best = (Bound: double.PositiveInfinity, Prices: (double[])search.Prices.Clone());
        int since = 0, first = rounds;
        for (int round = 0; round < options.Rounds; round++)
        {
            var (bids, bound, demand) = Round(blocks, all, search, bounds);
            rounds++;
            for (int a = 0; a < search.Prices.Length; a++) bound += search.Prices[a] * bounds.Bound[a];
            since = first + round < Settling || bound < best.Bound - options.Gap * 0.05 * WeightOf(bound) ? 0 : since + 1;
            if (bound < best.Bound) best = (bound, (double[])search.Prices.Clone());
            context.Progress.Step("allocation", round + 1, options.Rounds, "rounds");
            // What prices times what is not used or too much says: the most that better prices could bring.
            if (Slack(search.Prices, demand, bounds) <= options.Gap * 0.5 * Math.Max(1, WeightOf(bound)) || since >= Patience) break;
            search.Move(bids, demand, Pace(rounds), 1);
        }
        search.Set(best.Prices);
        return best.Bound;
    }

    private static double Pace(int round) => round < 4 ? 0.8 : round < 12 ? 0.6 : 0.4;

    private double WeightOf(double bound) => Math.Max(0, bound - _rewards);

    private static double Slack(double[] prices, long[] demand, AccountBounds bounds)
    {
        double sum = 0;
        for (int a = 0; a < prices.Length; a++)
        {
            if (bounds.IsIdle[a]) continue;
            double left = bounds.Bound[a] - demand[a];
            // What is not kept yet has no price that tells what it costs.
            bool isBroken = bounds.IsFloor[a] ? left > 0 : left < 0;
            sum += Math.Abs(left) * (isBroken ? Math.Max(Unpriced, Math.Abs(prices[a])) : Math.Abs(prices[a]));
        }
        return sum;
    }

    private (int[] Bids, double Bound, long[] Demand) Round(IReadOnlyList<string> blocks, int[] which, PriceSearch search, AccountBounds accountBounds)
    {
        var prices = search.OfItems();
        var bids = new int[search.Prices.Length * PriceSearch.Width];
        var demand = new long[search.Prices.Length];
        var bounds = new double[which.Length];
        double rewards = 0;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(
            0, which.Length, parallel,
            () => Rent(accountBounds),
            (b, _, own) =>
            {
                var block = own.Block = AllocationBlock.Read(blocks[which[b]], own.Block);
                for (int u = 0; u < block.Count; u++)
                {
                    own.Choice.Choose(block, u, prices, out double bound);
                    bounds[b] += bound;
                    own.Rewards += own.Choice.Rewards;
                    own.Choice.Bid(search, accountBounds, own.Bids, own.Demand);
                }
                return own;
            },
            own =>
            {
                lock (_lock)
                {
                    for (int i = 0; i < bids.Length; i++) bids[i] += own.Bids[i];
                    for (int a = 0; a < demand.Length; a++) demand[a] += own.Demand[a];
                    rewards += own.Rewards;
                    _idle.Add(own);
                }
            });
        _rewards = rewards;
        // In the order of blocks, so that the sum is the same at any number of threads.
        double sum = 0;
        foreach (double bound in bounds) sum += bound;
        return (bids, sum, demand);
    }

    private Worker Rent(AccountBounds bounds)
    {
        lock (_lock)
        {
            if (_idle.Count == 0) return new Worker(rules, bounds.Bound.Length);
            var one = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
            one.Clear();
            return one;
        }
    }

    /// <summary>What one thread counts in a round.</summary>
    private sealed class Worker(RuleSet rules, int accounts)
    {
        public UserChoice Choice { get; } = new(rules);

        public AllocationBlock? Block { get; set; }

        public int[] Bids { get; } = new int[accounts * PriceSearch.Width];

        public long[] Demand { get; } = new long[accounts];

        public double Rewards { get; set; }

        public void Clear()
        {
            Bids.AsSpan().Clear();
            Demand.AsSpan().Clear();
            Rewards = 0;
        }
    }
}
