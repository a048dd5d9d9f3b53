using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Audience;

/// <summary>
/// <c>promotion_audience</c>: of each promotion the customers who are most likely to buy from it, each with the item to show: the one with most customers that
/// they have not got.
/// </summary>
internal sealed class PromotionAudiencePlace(AudienceOptions options) : IPlace
{
    private const int UsersAtOnce = 4_096;

    public PlaceTable Table => PlaceTables.PromotionAudience;

    public string? Lacks(PlaceInputs inputs) =>
        options.Count == 0 ? "Places:Audience:Count is 0"
        : inputs.NeedsNoise ? "Privacy:Epsilon is set, and what customers of an item buy is counted without noise"
        : !inputs.Purchases.HasTime ? "the log has no time (Ingest:Events:N:Columns:Time)"
        : inputs.Promotions.Count == 0
            ? "no rule promotes items tonight (Rules:File: pin, slot, quota, boost), and there is no campaign (Places:Audience:Campaigns)"
        : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var log = inputs.Purchases;
        var probability = new PurchaseProbability(log, options);
        int[] users = inputs.UserOrder(), customers = log.CustomersByItem(inputs.Catalog.Items);
        int made = 0;
        foreach (var promotion in inputs.Promotions.OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            int[] shown =
            [
                .. Enumerable.Range(0, inputs.Catalog.Items).Where(i => promotion.Items.Contains(i) && inputs.Catalog.Available[i])
                    .OrderByDescending(i => customers[i]).ThenBy(i => i),
            ];
            if (shown.Length == 0) continue;
            double[] shares = probability.Shares(promotion.Items), scores = new double[users.Length];
            context.ForEachPiece((users.Length + UsersAtOnce - 1) / UsersAtOnce, piece =>
            {
                for (int at = piece * UsersAtOnce; at < Math.Min(users.Length, (piece + 1) * UsersAtOnce); at++)
                    scores[at] = probability.Of(users[at], promotion.Items, shares);
            });
            int rank = 0;
            var likeliest = Enumerable.Range(0, users.Length).Where(at => scores[at] > 0).OrderByDescending(at => scores[at]).ThenBy(at => at);
            foreach (int at in likeliest.Take(options.Count))
            {
                int user = users[at];
                var own = log.Items.AsSpan(log.Pointers[user]..log.Pointers[user + 1]).ToArray().ToHashSet();
                int item = shown[Math.Max(0, Array.FindIndex(shown, i => !own.Contains(i)))];
                rows.Put(promotion.Name).Put(++rank).Put(inputs.Items[item]).Put(scores[at]).Put(inputs.Users[user]);
            }
            made += rank > 0 ? 1 : 0;
        }
        return string.Create(CultureInfo.InvariantCulture, $"audiences of {made:N0} promotions, each of at most {options.Count:N0} customers");
    }
}
