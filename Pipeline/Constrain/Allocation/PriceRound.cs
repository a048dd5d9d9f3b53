using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// Asks users for their best lists at prices of now, block by block and in parallel. Counts are whole numbers, and sums are added in the order of blocks, so
/// that a round is the same at any number of threads.
/// </summary>
internal sealed class PriceRound(RuleSet rules, AccountBounds bounds, IReadOnlyList<string> blocks, StageContext context)
{
    private readonly Stack<Worker> _idle = [];
    private readonly Lock _lock = new();

    /// <summary>Up to which prices some users would keep what they have, for <see cref="PriceSearch"/>.</summary>
    /// <returns>Bids, demand, the bound that the prices prove where all users are asked, and what of it is weights.</returns>
    public (int[] Bids, long[] Demand, double Bound, double Weight) Bids(int[] which, PriceSearch search)
    {
        var prices = search.OfItems();
        var sums = new (double Bound, double Rewards)[which.Length];
        var workers = Ask(which, (worker, at, block) =>
        {
            worker.Bids ??= new int[bounds.Bound.Length * PriceSearch.Width];
            for (int u = 0; u < block.Count; u++)
            {
                worker.Choice.Choose(block, u, prices, out double bound);
                sums[at].Bound += bound;
                sums[at].Rewards += worker.Choice.Rewards;
                worker.Choice.Bid(search, bounds, worker.Bids, worker.Demand);
            }
        });
        var bids = new int[bounds.Bound.Length * PriceSearch.Width];
        foreach (var worker in workers)
            for (int i = 0; i < bids.Length; i++) bids[i] += worker.Bids![i];
        var demand = Return(workers);
        var (sum, weight) = Bound(sums, search.Prices);
        return (bids, demand, sum, weight);
    }

    /// <summary>The best lists of all users, with the bound on what any allocation is worth that these prices prove.</summary>
    public ChosenLists Look(double[] accountPrices, double[] prices)
    {
        var lists = new ushort[blocks.Count][][];
        var sums = new (double Bound, double Rewards)[blocks.Count];
        var workers = Ask([.. Enumerable.Range(0, blocks.Count)], (worker, b, block) =>
        {
            lists[b] = new ushort[block.Count][];
            for (int u = 0; u < block.Count; u++)
            {
                worker.Choice.Choose(block, u, prices, out double bound);
                sums[b].Bound += bound;
                sums[b].Rewards += worker.Choice.Rewards;
                lists[b][u] = worker.Choice.Chosen();
                foreach (ushort k in lists[b][u])
                    foreach (int account in bounds.Of(block.Items[block.Offsets[u] + k])) worker.Demand[account]++;
            }
        });
        var (sum, weight) = Bound(sums, accountPrices);
        return new ChosenLists(lists, Return(workers), sum, weight);
    }

    private List<Worker> Ask(int[] which, Action<Worker, int, AllocationBlock> ask)
    {
        var workers = new List<Worker>();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, which.Length, parallel, Rent, (at, _, own) =>
        {
            own.Block = AllocationBlock.Read(blocks[which[at]], own.Block);
            ask(own, at, own.Block);
            return own;
        }, own =>
        {
            lock (_lock) workers.Add(own);
        });
        return workers;
    }

    /// <summary>By Lagrangian duality: what users' best lists are worth at the prices, and what the bounds are.</summary>
    private (double Bound, double Weight) Bound((double Bound, double Rewards)[] blockSums, double[] prices)
    {
        double bound = 0, rewards = 0;
        foreach (var (own, reward) in blockSums) (bound, rewards) = (bound + own, rewards + reward);
        for (int a = 0; a < prices.Length; a++) bound += prices[a] * bounds.Bound[a];
        return (bound, Math.Max(0, bound - rewards));
    }

    private Worker Rent()
    {
        lock (_lock) return _idle.TryPop(out var one) ? one : new Worker(rules, bounds.Bound.Length);
    }

    private long[] Return(List<Worker> workers)
    {
        var demand = new long[bounds.Bound.Length];
        foreach (var worker in workers)
        {
            for (int a = 0; a < demand.Length; a++) demand[a] += worker.Demand[a];
            worker.Clear();
            _idle.Push(worker);
        }
        return demand;
    }

    /// <summary>What one thread counts in a round.</summary>
    private sealed class Worker(RuleSet rules, int accounts)
    {
        public UserChoice Choice { get; } = new(rules);

        public AllocationBlock? Block { get; set; }

        public int[]? Bids { get; set; }

        public long[] Demand { get; } = new long[accounts];

        public void Clear()
        {
            Bids?.AsSpan().Clear();
            Demand.AsSpan().Clear();
        }
    }
}

/// <summary>Every user's best list at some prices.</summary>
/// <param name="Lists">By block and user the candidates that were chosen, ascending.</param>
/// <param name="Demand">Of each account the entries that count towards it.</param>
/// <param name="Bound">No allocation is worth more.</param>
/// <param name="Weight">What of it is weights, not that entries are there.</param>
internal sealed record ChosenLists(ushort[][][] Lists, long[] Demand, double Bound, double Weight);
