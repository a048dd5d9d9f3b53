using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>
/// Learns a ranker from a window: candidates of a model that has not seen it, and which of them were bought there for the first time. Every second user is
/// ranked by what the others taught and the other way round, so each is measured by a ranker that does not know them. Memory: users x candidates x features x 4
/// bytes.
/// </summary>
/// <param name="retrieve">The model's candidates of a block of users.</param>
internal sealed class RankLearning(HoldOut window, RankInputs inputs, Func<int[], CandidateBlock> retrieve, RankOptions options, StageContext context)
{
    private const int BlockUsers = 64, Replicates = 1_000;

    private readonly SparseRows _bought = TestPairs.New(window);

    /// <param name="model">Where the final ranker is written, as ML.NET saves it.</param>
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
        var scores = new float[users.Length][];
        for (int fold = 0; fold < 2; fold++)
        {
            var ranker = Train([.. examples.Where((_, at) => at % 2 != fold)], features.Names, null);
            for (int at = fold; at < examples.Length; at += 2) scores[at] = Scores(ranker, examples[at]);
        }
        using var file = new FileStream(model, FileMode.Create);
        var final = Train(examples, features.Names, file);
        return Report(users, examples, scores, final, bought);
    }

    private Example[] Examples(int[] users, FeatureRows features)
    {
        var examples = new Example[users.Length];
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
                if (count > 0) features.Fill(new RankedUser(inputs, found.Users[u], items, found.ScoresOf(u)[..count].ToArray()), rows);
                var wanted = _bought.RowIndices(found.Users[u]);
                var labels = new bool[count];
                for (int k = 0; k < count; k++) labels[k] = wanted.BinarySearch(items[k]) >= 0;
                examples[first + u] = new Example(items, rows, labels);
            }
            lock (step) context.Progress.Step("rank", ++done, blocks, "blocks of users");
        });
        return examples;
    }

    private LinearRanker Train(Example[] examples, string[] names, Stream? model)
    {
        float[] rows = [.. examples.SelectMany(e => e.Rows)];
        var ranges = FeatureRange.Of(names, rows);
        FeatureRange.Apply(ranges, rows);
        return LogisticTraining.Train(ranges, rows, [.. examples.SelectMany(e => e.Labels)], options.L2, (int)(context.Seed & int.MaxValue), model);
    }

    private static float[] Scores(LinearRanker ranker, Example example)
    {
        var rows = (float[])example.Rows.Clone();
        var scores = new float[example.Items.Length];
        FeatureRange.Apply(ranker.Ranges, rows);
        ranker.Score(rows, scores);
        return scores;
    }

    private RankReport Report(int[] users, Example[] examples, float[][] scores, LinearRanker final, double bought)
    {
        var (plain, ranked, change) = (new float[users.Length], new float[users.Length], new float[users.Length]);
        double loss = 0, expected = 0, auc = 0;
        long candidates = 0;
        int judged = 0;
        for (int at = 0; at < users.Length; at++)
        {
            var wanted = _bought.RowIndices(users[at]);
            var (items, labels, score) = (examples[at].Items, examples[at].Labels, scores[at]);
            int[] order = [.. Enumerable.Range(0, items.Length).OrderByDescending(k => score[k]).ThenBy(k => k).Take(options.Cutoff)];
            plain[at] = RankingMetrics.At(items.AsSpan(0, Math.Min(options.Cutoff, items.Length)), wanted, options.Cutoff).Ndcg;
            ranked[at] = RankingMetrics.At([.. order.Select(k => items[k])], wanted, options.Cutoff).Ndcg;
            change[at] = ranked[at] - plain[at];
            for (int k = 0; k < items.Length; k++)
            {
                double odds = score[k];
                expected += 1 / (1 + Math.Exp(-odds));
                loss += Math.Log(1 + Math.Exp(labels[k] ? -odds : odds));
            }
            candidates += items.Length;
            if (Auc(score, labels) is not { } own) continue;
            auc += own;
            judged++;
        }
        var mean = PoissonBootstrap.Of(change, 1, Replicates, context.Seed, context.Threads).Mean(0);
        bool serves = options.Algorithm != RankOptions.Auto || mean.Low > 0;
        return new RankReport(
            serves ? LogisticTraining.Name : RankOptions.None,
            options.Algorithm != RankOptions.Auto ? "as configured"
                : serves ? "its order is surely ahead of the model's on users that it did not learn from"
                : "its order is not surely ahead of the model's on users that it did not learn from",
            users.Length, options.Cutoff, plain.Average(v => (double)v), ranked.Average(v => (double)v), new SweepFigure(mean.Value, mean.Low, mean.High),
            judged == 0 ? double.NaN : auc / judged, loss / Math.Max(1, candidates), expected, bought, Effects(final, examples), serves ? final : null);
    }

    /// <summary>Share of the pairs of a bought candidate and another that stand in the right order; a tie counts half. Null where there are none.</summary>
    private static double? Auc(float[] scores, bool[] labels)
    {
        double right = 0;
        long pairs = 0;
        for (int a = 0; a < scores.Length; a++)
        {
            if (!labels[a]) continue;
            for (int b = 0; b < scores.Length; b++)
            {
                if (labels[b]) continue;
                pairs++;
                right += scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0;
            }
        }
        return pairs == 0 ? null : right / pairs;
    }

    private static List<FeatureEffect> Effects(LinearRanker ranker, Example[] examples)
    {
        float[] rows = [.. examples.SelectMany(e => e.Rows)];
        FeatureRange.Apply(ranker.Ranges, rows);
        int count = rows.Length / ranker.Width;
        return [.. ranker.Ranges.Select((range, f) =>
        {
            double sum = 0, squares = 0;
            for (int k = 0; k < count; k++) sum += rows[k * ranker.Width + f];
            for (int k = 0; k < count; k++) squares += Math.Pow(rows[k * ranker.Width + f] - sum / count, 2);
            return new FeatureEffect(range.Name, ranker.Weights[f] * Math.Sqrt(squares / count));
        }).OrderByDescending(e => Math.Abs(e.Effect)).ThenBy(e => e.Name, StringComparer.Ordinal)];
    }

    private sealed record Example(int[] Items, float[] Rows, bool[] Labels);
}
