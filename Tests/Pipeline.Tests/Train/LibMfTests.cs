using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.LibMf;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>What holds of LIBMF's factorizations in either stack: their models, and what a build without the library says.</summary>
[TestClass]
internal sealed class LibMfTests
{
    private const int Items = 40;
    private const int Rank = 5;

    private static IEnumerable<object[]> Rules =>
    [
        [FoldInRule.Of(new OneClassOptions { Alpha = 0.05, Lambda = 0.3 })],
        [FoldInRule.Of(new OneClassOptions { Alpha = 0.2, Lambda = 0.1, C = 0.25 })],
        [FoldInRule.Of(new SquareOptions { Negatives = 3, Lambda = 0.05 })],
        [FoldInRule.Of(new SquareOptions { Negatives = 30, Lambda = 0.05, Label = LabelKind.Log })],
        [FoldInRule.Of(new SquareOptions { Negatives = 0, Lambda = 0.05, Label = LabelKind.Linear })],
    ];

    [TestMethod]
    [DynamicData(nameof(Rules))]
    public void Folding_in_is_the_minimum_of_the_training_objective(FoldInRule rule)
    {
        var model = Model(rule);
        var histories = Histories();
        var folded = model.FoldIn(histories, StageContext.Quiet(2));
        for (int user = 0; user < histories.Rows; user++)
        {
            var x = Array.ConvertAll(folded.Row(user).ToArray(), v => (double)v);
            double lowest = Objective(rule, model, histories, user, x);
            for (int k = 0; k < Rank; k++)
            {
                foreach (double step in new[] { -0.02, 0.02 })
                {
                    x[k] += step;
                    Assert.IsTrue(Objective(rule, model, histories, user, x) > lowest, $"user {user}, factor {k} moved by {step} lowers the objective");
                    x[k] -= step;
                }
            }
        }
    }

    [TestMethod]
    public void Contributions_and_what_C_adds_for_everyone_make_the_score()
    {
        var with = FoldInRule.Of(new OneClassOptions { Alpha = 0.2, Lambda = 0.1, C = 0.25 });
        var scorer = (IContributionScorer)Model(with).ScorerFor(new InteractionMatrix(Histories()), StageContext.Quiet(1));
        var parts = new float[4];
        var scores = new float[Items];
        scorer.Score([0], 0, Items, scores, Items);
        scorer.Contributions(0, 7, [1, 4, 9, 16], parts);
        double shift = scores[7] - parts.Sum();
        Assert.IsTrue(Math.Abs(shift) > 1e-3, $"{shift}");

        // With C = 0 the right side differs from C's by the share of the pairs alone.
        var none = Model(with with { C = 0 }).FoldIn(Histories(), StageContext.Quiet(1));
        double plain = TensorDot(none.Row(0), Model(with).Factors.Items.Row(7));
        Assert.AreEqual(plain * (1 - 0.2 * 0.25), parts.Sum(), 1e-4);
    }

    [TestMethod]
    public void Negative_pairs_are_distinct_not_the_users_own_and_as_many_as_possible()
    {
        var rows = SparseRows.FromTriplets(3, 10, [0, 0, 1, 2, 2, 2, 2, 2, 2], [0, 9, 4, 0, 1, 2, 5, 6, 9], [1, 1, 1, 1, 1, 1, 1, 1, 1]);
        var drawn = new List<int>();
        var counts = new int[10];
        for (ulong seed = 0; seed < 1000; seed++)
        {
            NegativePairs.Draw(rows, 0, 3, seed, drawn);
            Assert.HasCount(6, drawn);
            CollectionAssert.AllItemsAreUnique(drawn);
            foreach (int item in drawn) counts[item]++;
        }
        Assert.AreEqual(0, counts[0] + counts[9]);
        // 750 of each are expected, with a deviation of 14.
        foreach (int count in counts[1..9]) Assert.AreEqual(750, count, 70);
        NegativePairs.Draw(rows, 2, 3, 1, drawn);
        CollectionAssert.AreEqual(new[] { 3, 4, 7, 8 }, drawn);
        NegativePairs.Draw(rows, 1, 0, 1, drawn);
        Assert.IsEmpty(drawn);
    }

    [TestMethod]
    public void A_model_is_served_by_a_build_that_could_not_train_it()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("recsys-libmf-").FullName, "model");
        var model = Model(FoldInRule.Of(new SquareOptions { Negatives = 3, Label = LabelKind.Log }));
        using (var writer = new ArtifactWriter(path))
        {
            TrainedModels.Save(model, writer);
            writer.Complete();
        }
        var back = (LibMfModel)TrainedModels.Load(new ArtifactReader(path));
        Assert.AreEqual(model.Rule, back.Rule);
        Assert.AreEqual(LibMfAlgorithms.Square, back.Algorithm);
        CollectionAssert.AreEqual(model.Factors.Items.Values, back.Factors.Items.Values);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [TestMethod]
    [DataRow(LibMfAlgorithms.OneClass)]
    [DataRow(LibMfAlgorithms.Square)]
    public void A_build_without_the_trainers_says_which_has_them(string name)
    {
        var options = new TrainOptions { Algorithm = name, Baselines = [name] };
        var check = new OptionsCheck("Train");
        options.Validate(check);
        Assert.HasCount(2, check.Faults);
        foreach (string part in new[] { "Microsoft.ML.Recommender", "-p:Recommender=true" })
            StringAssert.Contains(check.Faults[0].ToString(), part, StringComparison.Ordinal);
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => TrainerCatalog.Create(name, options));
        StringAssert.Contains(thrown.Message, "-p:Recommender=true", StringComparison.Ordinal);
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        var options = new TrainOptions
        {
            MLNetOneClass = { Alpha = 1, Lambda = 0, C = 1, Rank = 0, Threads = 0, Iterations = 0 },
            MLNetSquare = { Lambda = -1, LearningRate = 0, Negatives = 0, Rank = 2000 },
        };
        var check = new OptionsCheck("Train");
        options.Validate(check);
        string all = string.Join("\n", check.Faults);
        foreach (string key in new[]
        {
            "MLNetOneClass:Alpha", "MLNetOneClass:Lambda", "MLNetOneClass:C", "MLNetOneClass:Rank", "MLNetOneClass:Threads", "MLNetOneClass:Iterations",
        })
        {
            StringAssert.Contains(all, $"Train:{key} is", StringComparison.Ordinal);
        }
        foreach (string key in new[] { "MLNetSquare:Lambda", "MLNetSquare:LearningRate", "MLNetSquare:Label", "MLNetSquare:Rank" })
            StringAssert.Contains(all, $"Train:{key} is", StringComparison.Ordinal);
        Assert.HasCount(10, check.Faults, all);
    }

    private static LibMfModel Model(FoldInRule rule)
    {
        var random = new SplitMix64(3, "items");
        var items = new FactorMatrix(Items, Rank);
        for (int item = 0; item < Items; item++)
            foreach (ref float y in items.Row(item)) y = (float)random.NextNormal();
        return new LibMfModel(new FactorModel(new FactorMatrix(1, Rank), items), rule, new byte[16]);
    }

    private static SparseRows Histories() => SparseRows.FromTriplets(2, Items, [0, 0, 0, 0, 1, 1], [1, 4, 9, 16, 0, 39], [1f, 2f, 0.5f, 3f, 1f, 4f]);

    /// <summary>What the options' documentation says, for one user, written pair by pair.</summary>
    private static double Objective(FoldInRule rule, LibMfModel model, SparseRows histories, int user, double[] x)
    {
        int n = histories.RowLength(user);
        int drawn = NegativePairs.CountFor(n, Items, rule.Negatives);
        bool oneClass = rule.Algorithm == LibMfAlgorithms.OneClass;
        double sum = (oneClass ? rule.Lambda : rule.Lambda * (n + drawn)) * x.Sum(v => v * v);
        for (int item = 0; item < Items; item++)
        {
            double score = x.Zip(model.Factors.Items.Row(item).ToArray(), (a, b) => a * b).Sum();
            int at = histories.RowIndices(user).BinarySearch(item);
            double value = at < 0 ? 0 : histories.RowValues(user)[at];
            double label = rule.Label switch { LabelKind.Linear => value, LabelKind.Log => Math.Log(1 + value), _ => 1 };
            sum += at >= 0 ? (label - score) * (label - score)
                : oneClass ? rule.Alpha * (rule.C - score) * (rule.C - score)
                : (double)drawn / (Items - n) * score * score;
        }
        return sum;
    }

    private static double TensorDot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double sum = 0;
        for (int k = 0; k < a.Length; k++) sum += (double)a[k] * b[k];
        return sum;
    }
}
