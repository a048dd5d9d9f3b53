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
/// bytes, 16 blocks, 35 an item, 57 an account and <c>2 x entries</c> for the choice; candidates lie on disk, 8 bytes each and 4 more an entry, and are
/// read once a round.
/// </summary>
internal sealed class Allocator(RuleSet rules, Accounts accounts, RulesOptions options, StageContext context)
{
    /// <summary>Rounds without a better bound after which there is none to come.</summary>
    private const int Patience = 4;

    /// <summary>What an entry too many or too few is taken to cost at least.</summary>
    private const double Unpriced = 0.1;

    /// <summary>Rounds over all users in which prices go too far and come back.</summary>
    private const int Settling = 4;

    /// <summary>Rounds over the first part of the users, and over another.</summary>
    private const int Cold = 8, Warm = 3;

    /// <summary>The first rounds ask one block of so many: few accounts are so scarce that a part of the users does not tell their price.</summary>
    private static readonly int[] s_parts = [16, 4];

    /// <param name="blocks">Scratch files of <see cref="AllocationBlock"/>, in order.</param>
    /// <param name="used">Entries that lists which stay as they are take of each account; null: there are none.</param>
    /// <param name="take">Is given every block with, of each of its entries, the candidate that stands there now; by several threads at once.</param>
    public AllocationResult Run(IReadOnlyList<string> blocks, long[]? used, Action<int, AllocationBlock, ushort[][]> take)
    {
        var bounds = AccountBounds.Count(accounts, rules, used, blocks, context);
        var search = new PriceSearch(bounds);
        var round = new PriceRound(rules, bounds, blocks, context);
        int rounds = Sampled(round, search, bounds, blocks.Count);
        var found = rounds == 0 ? null : round.Look(search.Prices, search.OfItems());
        if (found is not null) rounds++;
        if (found is null || Slack(search.Prices, found.Demand, bounds) > options.Gap * Math.Max(1, found.Weight))
        {
            rounds = All(round, search, bounds, blocks.Count, rounds);
            found = round.Look(search.Prices, search.OfItems());
        }
        new Assignment(rules, bounds, search, context).Run(blocks, found.Lists);
        return new Settlement(rules, accounts, bounds.StatedPrices(search.Prices), context).Run(blocks, found.Lists, used, found.Bound, rounds, take);
    }

    /// <returns>Rounds over parts of the users; 0 where there are too few to ask a part.</returns>
    private int Sampled(PriceRound round, PriceSearch search, AccountBounds bounds, int blocks)
    {
        int rounds = 0;
        foreach (int of in s_parts)
        {
            int[] some = [.. Enumerable.Range(0, blocks).Where(b => b % of == 0)];
            if (some.Length < 8) continue;
            int last = rounds + Math.Min(rounds == 0 ? Cold : Warm, options.Rounds);
            for (; rounds < last; rounds++)
            {
                var (bids, demand, _, _) = round.Bids(some, search);
                search.Move(bids, demand, Pace(rounds), (double)some.Length / blocks);
            }
            search.Widen(0.1);
        }
        return rounds;
    }

    /// <summary>Moves prices by what all users say, to those of the least bound that was seen.</summary>
    /// <param name="before">Rounds that were.</param>
    /// <returns>Rounds there have been.</returns>
    private int All(PriceRound round, PriceSearch search, AccountBounds bounds, int blocks, int before)
    {
        var best = (Bound: double.PositiveInfinity, Prices: (double[])search.Prices.Clone());
        int[] all = [.. Enumerable.Range(0, blocks)];
        int since = 0, turn = 0;
        while (turn < options.Rounds)
        {
            var (bids, demand, bound, weight) = round.Bids(all, search);
            since = before + turn++ < Settling || bound < best.Bound - options.Gap * 0.05 * weight ? 0 : since + 1;
            if (bound < best.Bound) best = (bound, (double[])search.Prices.Clone());
            context.Progress.Step("allocation", turn, options.Rounds, "rounds");
            // What prices times what is not used or too much says: the most that better prices could bring.
            if (Slack(search.Prices, demand, bounds) <= options.Gap * Math.Max(1, weight) || since >= Patience) break;
            search.Move(bids, demand, Pace(before + turn), 1);
        }
        search.Set(best.Prices);
        return before + turn;
    }

    private static double Pace(int round) => round < 4 ? 0.8 : round < 12 ? 0.6 : 0.4;

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
}
