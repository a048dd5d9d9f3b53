using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary><c>item_reviews</c>: what reviews say of each item, in a row an item.</summary>
internal sealed class ItemReviewsPlace : IPlace
{
    public PlaceTable Table => PlaceTables.ItemReviews;

    public string? Lacks(PlaceInputs inputs) =>
        inputs.NeedsNoise ? "Privacy:Epsilon is set, and authors of an item's reviews are counted without noise"
        : inputs.Reviews is null ? "there is no table of reviews (Places:Reviews:Path)"
        : null;

    public string? Make(PlaceInputs inputs, ParquetRows rows, StageContext context)
    {
        var reviews = inputs.Reviews!;
        foreach (int item in inputs.ItemOrder())
        {
            if (reviews.Counts[item] < Math.Max(1, inputs.MinCustomers)) continue;
            double rating = reviews.Rated[item] == 0 ? 0 : reviews.RatingSums[item] / reviews.Rated[item];
            rows.Put(inputs.Items[item]).Put(1).Put(reviews.Sentiment(item)).Put(reviews.Counts[item]).Put(reviews.Rated[item]).Put(rating)
                .Put(reviews.Positive[item]).Put(reviews.Negative[item]).Put(reviews.Flagged[item]);
        }
        return reviews.Report.Note;
    }
}
