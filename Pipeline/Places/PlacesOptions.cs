using Recsys.Batch.Pipeline.Places.Audience;
using Recsys.Batch.Pipeline.Places.BuyItAgain;
using Recsys.Batch.Pipeline.Places.CartComplements;
using Recsys.Batch.Pipeline.Places.Discovery;
using Recsys.Batch.Pipeline.Places.Lists;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Places.UserVectors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>Section <c>Places</c>: what a version holds for places of the shop beside "for you". A place that log or catalog cannot feed has no rows.</summary>
internal sealed class PlacesOptions : IStageOptions
{
    /// <summary>
    /// Minutes, 0 to 10,080, that may lie between one purchase of a customer and the next for both to be of one order, where rows have no order's id
    /// (<c>Ingest:Events:N:Columns:Group</c>).
    /// </summary>
    public double OrderMinutes { get; set; } = 30;

    public CartComplementsOptions CartComplements { get; set; } = new();

    public BuyItAgainOptions BuyItAgain { get; set; } = new();

    public ListsOptions Lists { get; set; } = new();

    public QueryResultsOptions QueryResults { get; set; } = new();

    public DiscoveryOptions Discovery { get; set; } = new();

    public AudienceOptions Audience { get; set; } = new();

    public ReviewsOptions Reviews { get; set; } = new();

    public UserVectorOptions UserVectors { get; set; } = new();

    public void Validate(OptionsCheck check) => check
        .InRange(OrderMinutes, 0, 10_080)
        .Nested(CartComplements).Nested(BuyItAgain).Nested(Lists).Nested(QueryResults).Nested(Discovery).Nested(Audience)
        .Nested(Reviews).Nested(UserVectors);
}
