using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>What a feature does to a score.</summary>
/// <param name="Effect">
/// For one standard deviation more of it: how its share of the score goes with its value, by least squares. In log-odds, or on the scale of trees.
/// </param>
internal sealed record FeatureEffect(string Name, double Effect);

/// <summary>A ranker as it did on users that it did not learn from.</summary>
/// <param name="Change">Its NDCG less that of the model's order, over the same users, with its paired 95% interval.</param>
/// <param name="Auc">Chance that a bought candidate has a higher score than another of the same user's; null where nobody has both.</param>
/// <param name="LogLoss">Mean of -ln(probability of what happened), in nats a candidate; null where scores are no probabilities.</param>
/// <param name="Expected">Purchases that the probabilities add up to; null where scores are none.</param>
internal sealed record RankTrial(string Algorithm, double Ndcg, Interval Change, double? Auc, double? LogLoss, double? Expected);

/// <summary>Whether candidates are ranked by a learned model and why, as <c>rank.json</c>.</summary>
/// <param name="Algorithm"><c>none</c> where the model's own order serves.</param>
/// <param name="Users">Who was learned from, and, each by a ranker that had not learned from them, measured on; 0 where nothing was learned.</param>
/// <param name="Candidates">A user's best ones are ranked, as many as were learned from; the others follow in the model's order.</param>
/// <param name="Plain">NDCG of the model's own order.</param>
/// <param name="Trial">Null where nothing was learned.</param>
/// <param name="Bought">Candidates that were bought.</param>
/// <param name="Effects">The strongest first.</param>
internal sealed record RankReport(
    string Algorithm, string Why, int Users, int Candidates, int Cutoff, double Plain, RankTrial? Trial, double Bought,
    IReadOnlyList<FeatureEffect> Effects, LinearRanker? Linear, TreeRanker? Trees)
{
    public const string FileName = "rank.json", ModelFile = "ranker.zip";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true };

    /// <summary>By what <c>auto</c> decides; null where the window has no times, or too few purchases for two parts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LaterTrial? Later { get; init; }

    /// <summary>The order by chance times price beside the other; null where that was not asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ObjectiveTrial? Objective { get; init; }

    /// <summary>What impressions taught, and how that did beside what purchases teach; null where the order is learned from purchases.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ClickTrial? Clicks { get; init; }

    /// <summary>Margins by item that a ranker learned with, NaN where one is not known; null where it learned of none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double[]? Margins { get; init; }

    /// <summary>The chance of a purchase by score, where candidates are put in order by chance times price; null where they are not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IsotonicRegression? Chances { get; init; }

    /// <summary>What ranks; null where the model's own order serves.</summary>
    internal IRanker? Ranker => Linear is not null ? Linear : Trees;

    /// <summary>Whether effects are on the scale of trees, which are no odds.</summary>
    internal bool IsOfTrees => Trial?.Algorithm == LightGbmTraining.Name;

    /// <summary>Nothing was learned.</summary>
    public static RankReport Of(string why) => new(RankOptions.None, why, 0, 0, 0, 0, null, 0, [], null, null);

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or no report.</exception>
    public static RankReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<RankReport>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(path, $"how candidates are ranked cannot be read from it ({e.Message}); run again from rank", e);
        }
    }
}
