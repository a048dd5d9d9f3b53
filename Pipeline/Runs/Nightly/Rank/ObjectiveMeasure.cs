using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>What the order by chance times price, or margin, earns and costs beside the one that would serve for purchases, over the same users.</summary>
/// <param name="PriceWeight">The power of the price, or margin.</param>
/// <param name="Ndcg">Of the order by worth; of the other: <paramref name="Ndcg"/> less the change.</param>
/// <param name="NdcgChange">With its paired 95% interval.</param>
/// <param name="Revenue">Prices, or margins, of what was bought for the first time within the cutoff, a user.</param>
/// <param name="RevenueChange">The same less that of the other order, with its paired 95% interval.</param>
/// <param name="Expected">
/// What chance times price, or margin, adds up to within the cutoff, a user: beside <paramref name="Revenue"/> it says how right the chances are.
/// </param>
internal sealed record ObjectiveTrial(
    double PriceWeight, double Ndcg, Interval NdcgChange, double Revenue, Interval RevenueChange, double Expected)
{
    /// <summary>Where the order is by margins: what the same lists earn by prices, a user; null where it is by prices.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? ByPrices { get; init; }

    /// <summary>The same less that of the other order, with its paired 95% interval.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Interval? ByPricesChange { get; init; }
}

/// <summary>
/// Lays the two orders beside each other on users whom neither ranker nor chances know: chances of every second user are a curve through the scores of the
/// others, and these scores are of a ranker that did not learn from them either.
/// </summary>
/// <param name="prices">What purchases come to by prices, where <paramref name="worth"/> is margin; null where it is the price.</param>
internal sealed class ObjectiveMeasure(
    int[] users, RankExample[] examples, SparseRows bought, ItemWorth worth, ItemWorth? prices, RankOptions options, StageContext context)
{
    private const int Replicates = 1_000;

    private readonly int _cutoff = options.Cutoff;

    /// <param name="scores">Of a ranker that does not know the user, by user and candidate.</param>
    /// <param name="ranked">Whether those scores give the order that would serve for purchases; else it is the model's own.</param>
    public ObjectiveTrial Of(float[][] scores, bool ranked)
    {
        var (ndcg, otherNdcg, revenue, otherRevenue, priced, otherPriced) = (New(), New(), New(), New(), New(), New());
        double expected = 0;
        for (int fold = 0; fold < 2; fold++)
        {
            var chances = Curve(scores, at => at % 2 != fold);
            for (int at = fold; at < examples.Length; at += 2)
            {
                int[] items = examples[at].Items;
                float[] worths = [.. items.Select((item, k) => worth.Score(chances, item, scores[at][k]))];
                int[] first = First(worths), other = ranked ? First(scores[at]) : [.. Enumerable.Range(0, Math.Min(_cutoff, items.Length))];
                (ndcg[at], revenue[at], priced[at]) = Figures(at, first);
                (otherNdcg[at], otherRevenue[at], otherPriced[at]) = Figures(at, other);
                foreach (int k in first) expected += chances.At(scores[at][k]) * worth.Of(items[k]);
            }
        }
        return new ObjectiveTrial(
            options.PriceWeight, ndcg.Average(v => (double)v), Difference(ndcg, otherNdcg), revenue.Average(v => (double)v), Difference(revenue, otherRevenue),
            expected / users.Length)
        {
            ByPrices = prices is null ? null : priced.Average(v => (double)v),
            ByPricesChange = prices is null ? null : Difference(priced, otherPriced),
        };

        float[] New() => new float[examples.Length];
    }

    /// <summary>The chance of a purchase by score.</summary>
    /// <param name="of">Users by whose candidates it goes.</param>
    public IsotonicRegression Curve(float[][] scores, Predicate<int> of)
    {
        int[] some = [.. Enumerable.Range(0, examples.Length).Where(at => of(at) && examples[at].Items.Length > 0)];
        return IsotonicRegression.Of([.. some.SelectMany(at => scores[at])], [.. some.SelectMany(at => examples[at].Labels)]);
    }

    private int[] First(float[] scores) => [.. Enumerable.Range(0, scores.Length).OrderByDescending(k => scores[k]).ThenBy(k => k).Take(_cutoff)];

    private (float Ndcg, float Revenue, float ByPrices) Figures(int at, int[] order)
    {
        int[] items = [.. order.Select(k => examples[at].Items[k])];
        return (
            RankingMetrics.At(items, bought.RowIndices(users[at]), _cutoff).Ndcg,
            Earned(worth), prices is null ? 0 : Earned(prices));

        float Earned(ItemWorth of) => (float)order.Where(k => examples[at].Labels[k]).Sum(k => of.Of(examples[at].Items[k]));
    }

    private Interval Difference(float[] values, float[] other)
    {
        var differences = new float[values.Length];
        TensorPrimitives.Subtract<float>(values, other, differences);
        return PoissonBootstrap.Of(differences, 1, Replicates, context.Seed, context.Threads).Mean(0);
    }
}
