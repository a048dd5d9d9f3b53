using Recsys.Batch.Pipeline.Places.Audience;
using Recsys.Batch.Pipeline.Places.BuyItAgain;
using Recsys.Batch.Pipeline.Places.CartComplements;
using Recsys.Batch.Pipeline.Places.Discovery;
using Recsys.Batch.Pipeline.Places.Lists;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Places.UserVectors;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>The places that a night makes. A new one is a line here and its columns in <see cref="Data.PlaceTables"/>.</summary>
internal static class PlaceCatalog
{
    public static IReadOnlyList<IPlace> Of(PlacesOptions options) =>
    [
        new CartComplementsPlace(options.CartComplements),
        new BuyItAgainPlace(options.BuyItAgain),
        new SegmentListsPlace(options.Lists),
        new CategoryListsPlace(options.Lists),
        new QueryResultsPlace(options.QueryResults),
        new DiscoveryPlace(options.Discovery),
        new PromotionAudiencePlace(options.Audience),
        new ItemReviewsPlace(),
        new UserVectorsPlace(options.UserVectors),
        new UserInterestsPlace(options.UserVectors),
    ];
}
