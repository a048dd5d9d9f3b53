using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.BuyItAgain;

/// <summary><c>buy_it_again</c>: what a customer is likely to buy once more, and when it is due, by <see cref="RepeatClock"/>.</summary>
internal sealed class BuyItAgainPlace(BuyItAgainOptions options) : IPlace
{
    private const int UsersAtOnce = 16_384;

    public PlaceTable Table => PlaceTables.BuyItAgain;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:BuyItAgain:Count is 0"
        : !inputs.Purchases.HasTime ? "no log has a column Time, so nobody knows when something was bought again"
        : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var clock = RepeatClock.Of(inputs.Purchases, inputs.Catalog.Items, options);
        bool[] wanted = [.. Enumerable.Range(0, inputs.Catalog.Items).Select(i => inputs.Catalog.Available[i] && clock.Repeats(i))];
        int repeated = Enumerable.Range(0, wanted.Length).Count(clock.Repeats);
        if (repeated == 0)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"no item of {options.MinCustomers} customers or more is bought again by {options.MinRepeatShare:P0} of them "
                + $"(Places:BuyItAgain:MinRepeatShare)");
        }
        long customers = 0;
        foreach (var block in inputs.UserOrder().Chunk(UsersAtOnce))
        {
            var lists = new List<(PairDays Pair, double Score)>[block.Length];
            context.ForEachPiece(
                block.Length, () => new PurchaseDays(inputs.Purchases), (b, days) => lists[b] = List(days.Of(block[b]), clock, wanted, options.Count));
            for (int b = 0; b < block.Length; b++)
            {
                int rank = 0;
                customers += lists[b].Count > 0 ? 1 : 0;
                foreach (var (pair, score) in lists[b])
                    rows.Put(inputs.Users[block[b]]).Put(++rank).Put(inputs.Items[pair.Item]).Put(Day(clock.Due(pair))).Put(score);
            }
        }
        return string.Create(CultureInfo.InvariantCulture, $"{repeated:N0} items are bought again, by {customers:N0} customers");
    }

    /// <summary>A customer's items by the probability of a purchase within the horizon.</summary>
    internal static List<(PairDays Pair, double Score)> List(IReadOnlyList<PairDays> pairs, RepeatClock clock, bool[] wanted, int count) =>
    [
        .. pairs.Where(p => wanted[p.Item]).Select(p => (Pair: p, Score: clock.Score(p)))
            .OrderByDescending(p => p.Score).ThenBy(p => p.Pair.Item).Take(count),
    ];

    private static string Day(int sinceEpoch) =>
        DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(sinceEpoch).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
