using System.Text.Json.Serialization;

namespace Recsys.Batch.Jobs.Api;

/// <param name="Personalized">False where the user has no list of their own: the entries are those of <paramref name="Segment"/>.</param>
/// <param name="Segment">The segment whose defaults these are; null for a list of the user's own.</param>
internal sealed record RecommendationsDocument(string Version, string UserId, bool Personalized, string? Segment, IReadOnlyList<RecommendationDocument> Items);

/// <param name="Rank">1 for the first.</param>
/// <param name="ReasonText">The reason as a sentence for the shopper, in the language that was asked for.</param>
/// <param name="Propensity">The probability with which this item got this rank; to be logged with the impression.</param>
internal sealed record RecommendationDocument(
    int Rank, string ItemId, string? Title, string? Category, double? Price, double Score, string ReasonCode, string? ReasonText,
    IReadOnlyList<ReasonItemDocument> ReasonItems, string Source, double Propensity)
{
    /// <summary>The features of the ranker that carried the item, the strongest first; absent where no ranker put it there.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<FeatureDocument>? Features { get; init; }

    /// <summary>What all other features add to the ranker's score, of either sign; absent with <see cref="Features"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? OtherFeatures { get; init; }
}

/// <param name="Share">What it adds to the ranker's score beside its value of the usual candidate, above 0.</param>
internal sealed record FeatureDocument(string Name, double Share);

internal sealed record ReasonItemDocument(string ItemId, string? Title);

/// <param name="Source">Where the neighbors come from: <c>cf</c>, <c>text</c> or <c>blend</c>.</param>
internal sealed record NeighborsDocument(string Version, string ItemId, string Source, IReadOnlyList<NeighborDocument> Neighbors);

internal sealed record NeighborDocument(int Rank, string ItemId, string? Title, string? Category, double? Price, double Score);

internal sealed record SegmentDocument(string Version, string Segment, IReadOnlyList<SegmentItemDocument> Items);

internal sealed record SegmentItemDocument(int Rank, string ItemId, string? Title, string? Category, double? Price, double Score);

/// <param name="Places">Those that have rows in the version.</param>
internal sealed record PlacesDocument(string Version, IReadOnlyList<PlaceDocument> Places);

/// <param name="Key">The column that rows are asked for by.</param>
internal sealed record PlaceDocument(string Place, string Key, IReadOnlyList<string> Columns);

/// <param name="Id">The key's value that was asked for.</param>
internal sealed record PlaceRowsDocument(string Version, string Place, string Id, IReadOnlyList<PlaceItemDocument> Items);

/// <param name="More">The table's other columns, by name.</param>
internal sealed record PlaceItemDocument(
    int Rank, string ItemId, string? Title, string? Category, double? Price, double Score, System.Text.Json.Nodes.JsonObject More);

/// <param name="Basket">The items that were asked for.</param>
/// <param name="Items">What goes with them together.</param>
internal sealed record BasketDocument(string Version, IReadOnlyList<string> Basket, IReadOnlyList<SegmentItemDocument> Items);

internal sealed record VersionDocument(
    string Version, string RunId, DateTimeOffset Created, long Rows, long Users, string WindowFrom, string WindowTo,
    IReadOnlyDictionary<string, double> Metrics);

internal sealed record HealthDocument(string Status, IReadOnlyDictionary<string, string> Checks);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, GenerationMode = JsonSourceGenerationMode.Default)]
[JsonSerializable(typeof(RecommendationsDocument))]
[JsonSerializable(typeof(NeighborsDocument))]
[JsonSerializable(typeof(SegmentDocument))]
[JsonSerializable(typeof(PlacesDocument))]
[JsonSerializable(typeof(PlaceRowsDocument))]
[JsonSerializable(typeof(BasketDocument))]
[JsonSerializable(typeof(VersionDocument))]
[JsonSerializable(typeof(HealthDocument))]
internal sealed partial class ApiJson : JsonSerializerContext;
