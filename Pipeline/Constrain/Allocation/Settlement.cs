using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>What lists are worth after an allocation, and what each account cost them.</summary>
internal sealed class Settlement(RuleSet rules, Accounts accounts, double[] prices, StageContext context)
{
    /// <param name="used">Entries that lists which stay as they are take of each account; null: there are none.</param>
    /// <param name="take">Is given every block with its lists; by several threads at once.</param>
    public AllocationResult Run(
        IReadOnlyList<string> blocks, ushort[][][] lists, long[]? used, double bound, int rounds, Action<int, AllocationBlock, ushort[][]> take)
    {
        var parts = new Part[blocks.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        var (sum, all, gate) = (new Part(), new long[accounts.All.Count], new Lock());
        used?.CopyTo(all, 0);
        Parallel.For(0, blocks.Count, parallel, () => (Block: (AllocationBlock?)null, Used: new long[all.Length]), (b, _, own) =>
        {
            own.Block = AllocationBlock.Read(blocks[b], own.Block);
            parts[b] = Of(own.Block, lists[b], own.Used);
            take(b, own.Block, lists[b]);
            return own;
        }, own =>
        {
            lock (gate)
                for (int a = 0; a < all.Length; a++) all[a] += own.Used[a];
        });
        // In the order of blocks, so that sums are the same at any number of threads.
        var cost = new double[all.Length];
        foreach (var part in parts)
        {
            sum.Add(part);
            foreach (var (account, lost) in part.Costs) cost[account] += lost;
        }
        return new AllocationResult(
            rounds, Math.Max(bound, sum.Worth), sum.Worth, sum.Before, sum.Weight, sum.WeightBefore, (double[])prices.Clone(), all, sum.Changed, cost);
    }

    private Part Of(AllocationBlock block, ushort[][] lists, long[] used)
    {
        var part = new Part();
        // The list of before are the user's first candidates.
        ushort[] before = [.. Enumerable.Range(0, block.Lengths.Take(block.Count).DefaultIfEmpty().Max()).Select(k => (ushort)k)];
        for (int u = 0; u < block.Count; u++)
        {
            var list = lists[u];
            int length = block.Lengths[u];
            foreach (ushort k in list)
                foreach (int account in accounts.Of(block.Items[block.Offsets[u] + k])) used[account]++;
            var (now, nowWanted) = Worth(block, u, list);
            bool isSame = list.Length == length && (length == 0 || list[^1] == length - 1);
            var (was, wasWanted) = isSame ? (now, nowWanted) : Worth(block, u, before.AsSpan(0, length));
            part.Weight += now;
            part.WeightBefore += was;
            part.Worth += now + list.Length * UserChoice.Full + nowWanted * UserChoice.Wanted;
            part.Before += was + length * UserChoice.Full + wasWanted * UserChoice.Wanted;
            if (isSame) continue;
            part.Changed++;
            Charge(block, u, list, was - now, part.Costs);
        }
        return part;
    }

    private (double Weight, int Wanted) Worth(AllocationBlock block, int u, ReadOnlySpan<ushort> list)
    {
        double weight = 0;
        foreach (ushort k in list) weight += block.Weights[block.Offsets[u] + k];
        return (weight, WantedEntries.Count(rules.Of(block.Users[u]), block, u, list));
    }

    /// <summary>Lays what a list lost on the accounts whose price moved its entries, each by its price.</summary>
    private void Charge(AllocationBlock block, int u, ushort[] list, double lost, List<(int Account, double Lost)> costs)
    {
        int first = block.Offsets[u], from = costs.Count;
        double sum = 0;
        for (int k = 0; k < block.Lengths[u]; k++)
            if (Array.BinarySearch(list, (ushort)k) < 0) Blame(first + k, isOut: true);
        foreach (ushort k in list)
            if (k >= block.Lengths[u]) Blame(first + k, isOut: false);
        for (int at = from; at < costs.Count; at++)
            costs[at] = (costs[at].Account, sum > 0 ? lost * costs[at].Lost / sum : lost / (costs.Count - from));

        void Blame(int at, bool isOut)
        {
            foreach (int account in accounts.Of(block.Items[at]))
            {
                if (accounts.All[account].IsFloor == isOut) continue;
                costs.Add((account, Math.Abs(prices[account])));
                sum += costs[^1].Lost;
            }
        }
    }

    private sealed class Part
    {
        public double Worth { get; set; }

        public double Before { get; set; }

        public double Weight { get; set; }

        public double WeightBefore { get; set; }

        public long Changed { get; set; }

        public List<(int Account, double Lost)> Costs { get; } = [];

        public void Add(Part other)
        {
            Worth += other.Worth;
            Before += other.Before;
            Weight += other.Weight;
            WeightBefore += other.WeightBefore;
            Changed += other.Changed;
        }
    }
}
