using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;

namespace Recsys.Batch.Pipeline.Tests.Rank;

[TestClass]
internal sealed class RankingTests
{
    private const int Width = 3;

    [TestMethod]
    public void Scores_are_those_of_the_pipeline_that_ML_NET_saves()
    {
        var (ranges, rows, labels) = Examples(2_000, seed: 4);
        using var file = new MemoryStream();
        var ranker = LogisticTraining.Train(ranges, rows, labels, l2: 0.01, seed: 1, file);

        file.Position = 0;
        var context = new MLContext();
        var model = context.Model.Load(file, out var schema);
        var column = SchemaDefinition.Create(typeof(Row));
        column[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Width);
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, labels.Length).Select(k => new Row { Features = rows[(k * Width)..((k + 1) * Width)] }), column);
        float[] theirs = [.. model.Transform(data).GetColumn<float>("Score")];
        var ours = new float[labels.Length];
        ranker.Score(rows, ours);

        Assert.IsTrue(schema.Any(c => c.Name == "Features"));
        for (int k = 0; k < ours.Length; k++) Assert.AreEqual(theirs[k], ours[k], 1e-4);
    }

    [TestMethod]
    public void Trees_score_as_those_that_ML_NET_saves()
    {
        NeedsLightGbm();
        var (ranges, rows, labels) = Examples(4_000, seed: 8);
        using var file = new MemoryStream();
        var ranker = LightGbmTraining.Train(ranges, rows, labels, [.. Enumerable.Repeat(40, 100)], seed: 1, file);

        file.Position = 0;
        var context = new MLContext();
        var model = context.Model.Load(file, out _);
        var column = SchemaDefinition.Create(typeof(Row));
        column[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Width);
        var data = context.Data.LoadFromEnumerable(
            Enumerable.Range(0, labels.Length).Select(k => new Row { Features = rows[(k * Width)..((k + 1) * Width)] }), column);
        float[] theirs = [.. model.Transform(data).GetColumn<float>("Score")];
        var ours = new float[labels.Length];
        ranker.Score(rows, ours);

        Assert.IsGreaterThan(20, theirs.Distinct().Count());
        for (int k = 0; k < ours.Length; k++) Assert.AreEqual(theirs[k], ours[k], 1e-6);
    }

    [TestMethod]
    public void A_weight_is_what_one_unit_more_of_a_feature_adds()
    {
        var (ranges, rows, labels) = Examples(2_000, seed: 5);
        var ranker = LogisticTraining.Train(ranges, rows, labels, l2: 0.01, seed: 1);
        float[] one = [0.2f, 0.1f, 0.7f], more = [0.2f, 1.1f, 0.7f], scores = [0], raised = [0];
        ranker.Score(one, scores);
        ranker.Score(more, raised);

        Assert.AreEqual(ranker.Weights[1], raised[0] - scores[0], 1e-5);
        Assert.AreEqual(ranker.Bias + ranker.Weights.Zip(one, (w, x) => w * x).Sum(), scores[0], 1e-5);
        // The second feature decides, the first works against it, the third is noise.
        Assert.IsTrue(ranker.Weights[1] > 1 && ranker.Weights[0] < -0.3 && Math.Abs(ranker.Weights[2]) < 0.3, string.Join(' ', ranker.Weights));
    }

    /// <summary>Of four rows with the feature three quarters of the weight happened, of four without it half.</summary>
    [TestMethod]
    public void A_row_counts_for_its_weight()
    {
        float[] rows = [1, 1, 1, 1, 0, 0, 0, 0], weights = [1, 1, 3, 3, 1, 1, 1, 1], scores = [0, 0];
        bool[] labels = [false, false, true, true, false, false, true, true];
        FeatureRange[] ranges = [new("x", 0, 1, 0.5f)];

        LogisticTraining.Train(ranges, rows, labels, l2: 0, seed: 1, weights: weights).Score([1, 0], scores);

        Assert.AreEqual(Math.Log(3), scores[0], 0.02);
        Assert.AreEqual(0, scores[1], 0.02);
        LogisticTraining.Train(ranges, rows, labels, l2: 0, seed: 1).Score([1, 0], scores);
        Assert.AreEqual(0, scores[0], 0.02);
    }

    [TestMethod]
    public void The_same_rows_give_the_same_bits()
    {
        var (ranges, rows, labels) = Examples(5_000, seed: 6);
        CollectionAssert.AreEqual(
            LogisticTraining.Train(ranges, rows, labels, 0.01, seed: 1).Weights, LogisticTraining.Train(ranges, rows, labels, 0.01, seed: 1).Weights);
    }

    [TestMethod]
    public void Outliers_are_cut_and_gaps_get_the_mean()
    {
        float[] rows = [.. Enumerable.Range(0, 1_000).Select(k => (float)k), float.NaN, 1e9f];
        var ranges = FeatureRange.Of(["x"], rows);
        float[] applied = [-5, 2_000, float.NaN, 500];
        FeatureRange.Apply(ranges, applied);

        CollectionAssert.AreEqual(new[] { ranges[0].Low, ranges[0].High, ranges[0].Mean, 500 }, applied);
        Assert.IsTrue(ranges[0] is { Low: >= 9 and <= 11, High: >= 988 and <= 991, Mean: > 495 and < 505 }, ranges[0].ToString());
    }

    [TestMethod]
    public void A_feature_without_any_value_is_no_reason_to_fail()
    {
        var ranges = FeatureRange.Of(["x", "gap"], [1, float.NaN, 2, float.NaN]);
        float[] applied = [1.5f, float.NaN];
        FeatureRange.Apply(ranges, applied);
        Assert.AreEqual(0, applied[1]);
    }

    [TestMethod]
    public void Candidates_come_in_the_rankers_order_with_its_scores()
    {
        // Users have item 0; candidates 1 to 4, of which the catalog's dearest shall come first.
        var history = new InteractionMatrix(new SparseRows(2, 5, [0, 1, 2], [0, 0], [1, 1]));
        var inputs = Inputs(history, Catalog([5, 1, 9, 3, 9]));
        string[] names = FeatureRows.Of(inputs).Names;
        var ranker = new LinearRanker(
            [.. names.Select(n => new FeatureRange(n, -100, 100, 0))], [.. names.Select(n => n == "price against the user's" ? 1f : 0)], Bias: 2);
        var block = new CandidateBlock([1], 6);
        (block.Counts[0], int[] items) = (4, [1, 2, 3, 4]);
        items.CopyTo(block.Items, 0);
        ((float[])[4, 3, 2, 1]).CopyTo(block.Scores, 0);
        block.Sources[2] = CandidateSource.Text;

        var ranked = new Reranker(inputs, ranker, candidates: 4).Run(block);

        // Equal prices stay in the model's order.
        CollectionAssert.AreEqual(new[] { 2, 4, 3, 1 }, ranked.ItemsOf(0).ToArray());
        Assert.AreEqual(2 + Math.Log(9d / 5), ranked.ScoresOf(0)[0], 1e-5);
        Assert.AreEqual(CandidateSource.Text, ranked.Sources[2]);

        // Fewer that are ranked: the others follow as they came.
        var part = new Reranker(inputs, ranker, candidates: 2).Run(block);
        CollectionAssert.AreEqual(new[] { 2, 1, 3, 4 }, part.ItemsOf(0).ToArray());
        Assert.AreEqual(part.ScoresOf(0)[1], part.ScoresOf(0)[3]);
        Assert.IsTrue(new Reranker(inputs, ranker, 4).Fits);
        Assert.IsFalse(new Reranker(inputs, ranker with { Ranges = ranker.Ranges[1..] }, 4).Fits);
    }

    [TestMethod]
    public void A_loss_is_worth_least_and_an_unknown_margin_the_middle_one()
    {
        var worth = new ItemWorth([4, double.NaN, -3, 0, 8, 9], weight: 1, losses: true);
        var chances = new IsotonicRegression([0], [0.5f]);
        double[] of = [.. Enumerable.Range(0, 6).Select(i => Math.Exp(worth.Score(chances, i, 0)) / 0.5)];

        Assert.AreEqual(5, worth.Known);
        foreach (var (expected, item) in new[] { (4.0, 0), (4, 1), (4, 2), (4, 3), (8, 4), (9, 5) }) Assert.AreEqual(expected, of[item], 1e-5, $"item {item}");
        Assert.AreEqual((-3.0, 4.0), (worth.Of(2), worth.Of(1)));
        // A price of 0 or less is not known.
        Assert.AreEqual(3, new ItemWorth([4, double.NaN, -3, 0, 8, 9], weight: 1).Known);
        Assert.AreEqual(0, new ItemWorth([-1, 0], weight: 1, losses: true).Known);
    }

    /// <summary>README's commands need nothing but the .NET SDK.</summary>
    internal static void NeedsLightGbm()
    {
        if (!LightGbmTraining.Loads) Assert.Inconclusive("LightGBM's native library does not load: " + LightGbmTraining.Remedy);
    }

    internal static RankInputs Inputs(InteractionMatrix history, Catalog catalog) =>
        new(history, catalog, []) { Items = new ItemStatistics(history, catalog) };

    internal static Catalog Catalog(double[] prices) => new()
    {
        Titles = new string?[prices.Length],
        Categories = new string?[prices.Length],
        Brands = new string?[prices.Length],
        Prices = prices,
        Available = [.. prices.Select(_ => true)],
        TextHashes = new ulong[prices.Length],
    };

    private static (FeatureRange[] Ranges, float[] Rows, bool[] Labels) Examples(int count, int seed)
    {
        var random = new Random(seed);
        var rows = new float[count * Width];
        var labels = new bool[count];
        for (int k = 0; k < count; k++)
        {
            for (int f = 0; f < Width; f++) rows[k * Width + f] = (float)(random.NextDouble() * 4 - 2);
            double odds = 2 * rows[k * Width + 1] - rows[k * Width] - 1;
            labels[k] = random.NextDouble() < 1 / (1 + Math.Exp(-odds));
        }
        var ranges = FeatureRange.Of(["a", "b", "c"], rows);
        FeatureRange.Apply(ranges, rows);
        return (ranges, rows, labels);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool Label { get; set; }
    }
}
