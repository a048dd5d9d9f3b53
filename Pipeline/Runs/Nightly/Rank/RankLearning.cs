using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>
/// Learns a ranker from a window: candidates of a model that has not seen it, and which of them were bought there for the first time. Every second user is
/// ranked by what the others taught and the other way round, so each is measured by a ranker that does not know them; whether it serves is decided by what they
/// bought in the later part of the window, of which it does not know either. Memory: users x candidates x features x 12 bytes.
/// </summary>
/// <param name="retrieve">The model's candidates of a block of users.</param>
internal sealed class RankLearning(HoldOut window, RankInputs inputs, Func<int[], CandidateBlock> retrieve, RankOptions options, StageContext context)
{
    private readonly SparseRows _bought = TestPairs.New(window);

    /// <summary>What users were shown in the window, where the order is learned from clicks on it; null where it is learned from purchases.</summary>
    public ClickLog? Clicks { get; init; }

    /// <param name="model">Where the ranker is written, as ML.NET saves it, if it serves.</param>
    public RankReport Run(string model)
    {
        var users = RankedUsers.Of(
            window, new EvaluateOptions { MaxUsers = options.MaxUsers }, window.Train.Seen(), (Slices.New, _bought)).Users;
        if (users.Length < Math.Max(2, options.MinUsers))
            return RankReport.Of($"{users.Length} users have something new to them in the validation window, fewer than Rank:MinUsers = {options.MinUsers}");
        var rows = new CandidateRows(inputs, retrieve, options.Candidates, context);
        var examples = Examples(users, rows);
        double bought = examples.Sum(e => e.Labels.Count(l => l));
        if (bought < 10) return RankReport.Of($"{bought:0} candidates were bought in the validation window, too few to learn from; expected at least 10");
        var measure = new RankMeasure(users, examples, _bought, options.Cutoff, context);
        string algorithm = options.Algorithm == RankOptions.Auto ? LogisticTraining.Name : options.Algorithm;
        var byPurchases = new PurchaseTeaching(algorithm, rows.Names, options.L2, context);
        if (Clicks is not null) return new ClickLearning(window, _bought, rows, byPurchases, Clicks, options, context).Run(users, examples, model);
        float[][] scores = byPurchases.CrossFit(examples, examples);
        var trial = measure.Of(algorithm, scores);
        var later = LaterPart.Of(window, _bought)?.Measure(users, examples, algorithm, byPurchases.CrossFit, options.Cutoff, context);
        bool isStated = options.Algorithm != RankOptions.Auto, ahead = isStated || (later?.Change ?? trial.Change).Low > 0;
        var worth = options.Objective == RankObjective.Purchases ? null : Worth(users, examples);
        var objective = worth?.Of(scores, ranked: ahead);
        bool byWorth = objective is not null && (isStated || objective.RevenueChange.Low > 0), serves = ahead || byWorth;
        string worths = inputs.Catalog.Margins is null ? "prices" : "margins";
        string unknown = later is null ? "users that it did not learn from" : "later purchases of users that it did not learn from";
        using var file = serves ? new FileStream(model, FileMode.Create) : null;
        var final = byPurchases.Teach(examples, file);
        return new RankReport(
            serves ? algorithm : RankOptions.None,
            isStated ? "as configured"
                : ahead ? $"its order is surely ahead of the model's on {unknown}"
                : byWorth ? $"its chances times {worths} surely earn more than the model's order on users that it did not learn from"
                : $"its order is not surely ahead of the model's on {unknown}",
            users.Length, options.Candidates, options.Cutoff, measure.Plain, trial, bought, FeatureEffects.Of(final, examples),
            serves ? final as LinearRanker : null, serves ? final as TreeRanker : null)
        {
            Later = later,
            Objective = objective,
            Margins = serves ? inputs.Catalog.Margins : null,
            Chances = byWorth ? worth!.Curve(scores, _ => true) : null,
        };
    }

    private ObjectiveMeasure Worth(int[] users, RankExample[] examples)
    {
        var worth = ItemWorth.Of(inputs.Catalog, options.PriceWeight);
        var prices = inputs.Catalog.Margins is null ? null : new ItemWorth(inputs.Catalog.Prices, options.PriceWeight);
        return worth.Known > 0
            ? new ObjectiveMeasure(users, examples, _bought, worth, prices is { Known: > 0 } ? prices : null, options, context)
            : throw new ConfigurationException(options.Objective == RankObjective.Margin
                ? "Rank:Objective is Margin, and no item has a margin above 0; map a column with Ingest:Items:Columns:Margin, or set it to Purchases"
                : "Rank:Objective is Revenue, and no item has a price; map a column with Ingest:Items:Columns:Price or Ingest:Events:0:Columns:Price, or set "
                + "it to Purchases");
    }

    private RankExample[] Examples(int[] users, CandidateRows rows)
    {
        var examples = new RankExample[users.Length];
        rows.Each(users, (at, items, features) =>
        {
            var wanted = _bought.RowIndices(users[at]);
            var labels = new bool[items.Length];
            for (int k = 0; k < labels.Length; k++) labels[k] = wanted.BinarySearch(items[k]) >= 0;
            examples[at] = new RankExample(items, features, labels);
        });
        return examples;
    }
}
