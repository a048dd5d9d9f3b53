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
    private const int BlockUsers = 64;

    private readonly SparseRows _bought = TestPairs.New(window);

    /// <param name="model">Where the ranker is written, as ML.NET saves it, if it serves.</param>
    public RankReport Run(string model)
    {
        var users = RankedUsers.Of(
            window, new EvaluateOptions { MaxUsers = options.MaxUsers }, window.Train.Seen(), (Slices.New, _bought)).Users;
        if (users.Length < Math.Max(2, options.MinUsers))
            return RankReport.Of($"{users.Length} users have something new to them in the validation window, fewer than Rank:MinUsers = {options.MinUsers}");
        var features = FeatureRows.Of(inputs);
        var examples = Examples(users, features);
        double bought = examples.Sum(e => e.Labels.Count(l => l));
        if (bought < 10) return RankReport.Of($"{bought:0} candidates were bought in the validation window, too few to learn from; expected at least 10");
        var measure = new RankMeasure(users, examples, _bought, options.Cutoff, context);
        string algorithm = options.Algorithm == RankOptions.Auto ? LogisticTraining.Name : options.Algorithm;
        float[][] scores = CrossFit(algorithm, features.Names, examples, examples);
        var trial = measure.Of(algorithm, scores);
        var later = LaterPart.Of(window, _bought)?.Measure(
            users, examples, algorithm, (taught, asked) => CrossFit(algorithm, features.Names, taught, asked), options.Cutoff, context);
        bool isStated = options.Algorithm != RankOptions.Auto, ahead = isStated || (later?.Change ?? trial.Change).Low > 0;
        var worth = options.Objective == RankObjective.Purchases ? null : Worth(users, examples);
        var objective = worth?.Of(scores, ranked: ahead);
        bool byWorth = objective is not null && (isStated || objective.RevenueChange.Low > 0), serves = ahead || byWorth;
        string worths = inputs.Catalog.Margins is null ? "prices" : "margins";
        string unknown = later is null ? "users that it did not learn from" : "later purchases of users that it did not learn from";
        using var file = serves ? new FileStream(model, FileMode.Create) : null;
        var final = Train(algorithm, examples, features.Names, file);
        return new RankReport(
            serves ? algorithm : RankOptions.None,
            isStated ? "as configured"
                : ahead ? $"its order is surely ahead of the model's on {unknown}"
                : byWorth ? $"its chances times {worths} surely earn more than the model's order on users that it did not learn from"
                : $"its order is not surely ahead of the model's on {unknown}",
            users.Length, options.Candidates, options.Cutoff, measure.Plain, trial, bought, Effects(final, examples),
            serves ? final as LinearRanker : null, serves ? final as TreeRanker : null)
        {
            Later = later,
            Objective = objective,
            Margins = serves ? inputs.Catalog.Margins : null,
            Chances = byWorth ? worth!.Curve(scores, _ => true) : null,
        };
    }

    /// <summary>Scores of every second user by a ranker that the others taught, and the other way round.</summary>
    private float[][] CrossFit(string algorithm, string[] names, RankExample[] taught, RankExample[] asked)
    {
        var scores = new float[asked.Length][];
        for (int fold = 0; fold < 2; fold++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var ranker = Train(algorithm, [.. taught.Where((_, at) => at % 2 != fold)], names, null);
            for (int at = fold; at < asked.Length; at += 2) scores[at] = Scores(ranker, asked[at]);
        }
        return scores;
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

    private RankExample[] Examples(int[] users, FeatureRows features)
    {
        var examples = new RankExample[users.Length];
        int blocks = (users.Length + BlockUsers - 1) / BlockUsers, done = 0;
        var step = new Lock();
        context.ForEachPiece(blocks, () => 0, (block, _) =>
        {
            int first = block * BlockUsers;
            var found = retrieve(users[first..Math.Min(users.Length, first + BlockUsers)]);
            for (int u = 0; u < found.Users.Length; u++)
            {
                int count = Math.Min(options.Candidates, found.Counts[u]);
                int[] items = found.ItemsOf(u)[..count].ToArray();
                var rows = new float[count * features.Width];
                // Some features are relative to all candidates, so all are told of where fewer are learned from.
                if (count > 0) features.Fill(new RankedUser(inputs, found.Users[u], found.ItemsOf(u).ToArray(), found.ScoresOf(u).ToArray()), rows);
                var wanted = _bought.RowIndices(found.Users[u]);
                var labels = new bool[count];
                for (int k = 0; k < count; k++) labels[k] = wanted.BinarySearch(items[k]) >= 0;
                examples[first + u] = new RankExample(items, rows, labels);
            }
            lock (step) context.Progress.Step("rank", ++done, blocks, "blocks of users");
        });
        return examples;
    }

    private IRanker Train(string algorithm, RankExample[] examples, string[] names, Stream? model)
    {
        float[] rows = [.. examples.SelectMany(e => e.Rows)];
        var ranges = FeatureRange.Of(names, rows);
        FeatureRange.Apply(ranges, rows);
        bool[] labels = [.. examples.SelectMany(e => e.Labels)];
        int seed = (int)(context.Seed & int.MaxValue);
        return algorithm == LightGbmTraining.Name
            ? LightGbmTraining.Train(ranges, rows, labels, [.. examples.Select(e => e.Items.Length)], seed, model)
            : LogisticTraining.Train(ranges, rows, labels, options.L2, seed, model);
    }

    private static float[] Scores(IRanker ranker, RankExample example)
    {
        var rows = (float[])example.Rows.Clone();
        var scores = new float[example.Items.Length];
        FeatureRange.Apply(ranker.Ranges, rows);
        ranker.Score(rows, scores);
        return scores;
    }

    /// <summary>How a feature's share of the score goes with its value: of a weighted sum the weight times the standard deviation.</summary>
    private static List<FeatureEffect> Effects(IRanker ranker, RankExample[] examples)
    {
        float[] rows = [.. examples.SelectMany(e => e.Rows)];
        FeatureRange.Apply(ranker.Ranges, rows);
        int width = ranker.Ranges.Length, count = rows.Length / width;
        double[] means = new double[width], squares = new double[width], products = new double[width], shares = new double[width];
        for (int at = 0; at < rows.Length; at++) means[at % width] += rows[at] / (double)count;
        for (int k = 0; k < count; k++)
        {
            var row = rows.AsSpan(k * width, width);
            ranker.Shares(row, shares);
            for (int f = 0; f < width; f++)
            {
                double distance = row[f] - means[f];
                squares[f] += distance * distance;
                products[f] += distance * shares[f];
            }
        }
        return [.. ranker.Ranges.Select((range, f) => new FeatureEffect(range.Name, squares[f] > 0 ? products[f] / Math.Sqrt(squares[f] * count) : 0))
            .OrderByDescending(e => Math.Abs(e.Effect)).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }
}
