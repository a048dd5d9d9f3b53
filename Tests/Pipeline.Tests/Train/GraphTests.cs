using Recsys.Batch.Benchmarks.EnsembleWeights;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class GraphTests
{
    private static readonly StageContext s_context = StageContext.Quiet(2);

    // Users {0,1,2}, {0,1}, {1,2}: degrees of users 3, 2, 2; of items 2, 3, 2.
    private static InteractionMatrix Small => PlantedClusters.Matrix(3, 4, (0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (2, 1), (2, 2));

    [TestMethod]
    public void Edges_are_normalized_on_both_sides_without_the_diagonal()
    {
        var model = (ItemGraphModel)new GraphFilterTrainer(new() { HistoryExponent = 0.5, UserExponent = 0.75, ItemExponent = 0.25 }).Train(Small, s_context);
        CollectionAssert.AreEqual(new[] { 1, 2 }, model.Edges.RowIndices(0).ToArray());
        double both = Math.Pow(3, -0.75) + Math.Pow(2, -0.75);
        Assert.AreEqual(Math.Pow(2, -0.5) * both * Math.Pow(3, -0.25), model.Edges.RowValues(0)[0], 1e-6);
        Assert.AreEqual(Math.Pow(2, -0.5) * Math.Pow(3, -0.75) * Math.Pow(2, -0.25), model.Edges.RowValues(0)[1], 1e-6);
        Assert.AreEqual(0, model.Edges.RowLength(3));
    }

    [TestMethod]
    public void A_cut_keeps_the_strongest_edges_in_index_order()
    {
        var model = (ItemGraphModel)new GraphFilterTrainer(new() { Neighbors = 1, ItemExponent = 0 }).Train(Small, s_context);
        CollectionAssert.AreEqual(new[] { 1 }, model.Edges.RowIndices(0).ToArray());
        // Items 0 and 2 are equally close to item 1: the lower index stays.
        CollectionAssert.AreEqual(new[] { 0 }, model.Edges.RowIndices(1).ToArray());
    }

    [TestMethod]
    public void What_follows_counts_more_than_what_came_before()
    {
        var rows = SparseRows.FromTriplets(1, 3, [0, 0, 0], [0, 1, 2], [1f, 1f, 1f]);
        var matrix = new InteractionMatrix(rows, [30, 10, 20]);
        var options = new SequenceOptions { GapDecay = 0.5, BackwardWeight = 0.25, UserExponent = 0, HistoryExponent = 0, ItemExponent = 0 };
        var edges = ((ItemGraphModel)new SequenceTrainer(options).Train(matrix, s_context)).Edges;
        // In time: 1, 2, 0.
        CollectionAssert.AreEqual(new[] { 0.5f, 1f }, edges.RowValues(1).ToArray());
        CollectionAssert.AreEqual(new[] { 0.125f, 0.25f }, edges.RowValues(0).ToArray());
        CollectionAssert.AreEqual(new[] { 1f, 0.25f }, edges.RowValues(2).ToArray());
    }

    [TestMethod]
    public void A_log_without_times_is_refused_where_order_is_asked_for()
    {
        var untimed = new InteractionMatrix(Small.ByUser);
        var sequence = Assert.ThrowsExactly<RunFailedException>(() => new SequenceTrainer(new()).Train(untimed, s_context));
        StringAssert.Contains(sequence.Message, "time", StringComparison.Ordinal);
        var model = new EaseTrainer(new() { HistoryDecay = 0.8 }).Train(untimed, s_context);
        var decay = Assert.ThrowsExactly<RunFailedException>(() => model.ScorerFor(untimed, s_context));
        StringAssert.Contains(decay.Message, "HistoryDecay", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_history_decays_by_visits_not_by_pairs()
    {
        var rows = SparseRows.FromTriplets(2, 4, [0, 0, 0, 1], [0, 1, 3, 2], [1f, 2f, 4f, 8f]);
        var matrix = new InteractionMatrix(rows, [50, 90, 50, 7]);
        CollectionAssert.AreEqual(new[] { 0.5f, 1f, 0.5f, 1f }, new HistoryWeighting(false, 0.5).Of(matrix).Values);
        CollectionAssert.AreEqual(new[] { 0.5f, 2f, 2f, 8f }, new HistoryWeighting(true, 0.5).Of(matrix).Values);
        Assert.AreSame(rows, new HistoryWeighting(true, 1).Of(matrix));
    }

    [TestMethod]
    public void An_ensemble_sums_its_members_by_weight_and_length()
    {
        var matrix = PlantedClusters.Make();
        var options = new EnsembleOptions
        {
            Normalize = false,
            Members =
            {
                ["a"] = new() { Algorithm = GraphFilterTrainer.Name, Weight = 2 },
                ["b"] = new() { Algorithm = EaseTrainer.Name, Weight = -0.5, LengthExponent = 1, LengthReference = 2, LengthCap = 6 },
            },
        };
        var sum = ScoresOf(new EnsembleTrainer(options).Train(matrix, s_context), matrix);
        var a = ScoresOf(new GraphFilterTrainer(new()).Train(matrix, s_context), matrix);
        var b = ScoresOf(new EaseTrainer(new()).Train(matrix, s_context), matrix);
        for (int k = 0; k < sum.Length; k++)
        {
            int length = Math.Min(6, matrix.ByUser.RowLength(k / matrix.Items));
            Assert.AreEqual(2 * a[k] - 0.5 * length / 2 * b[k], sum[k], 1e-5, $"score {k}");
        }
    }

    [TestMethod]
    public void Scales_make_weights_free_of_units()
    {
        var matrix = PlantedClusters.Make();
        double Scale(double exponent) =>
            MemberScale.Of(new GraphFilterTrainer(new() { HistoryExponent = exponent }).Train(matrix, s_context), matrix, 30, 5, s_context);
        Assert.IsTrue(Scale(0) > 1.5 * Scale(0.5));
        var options = new EnsembleOptions { ScaleUsers = 30, ScaleTop = 5, Members = { ["a"] = new() { Weight = 3 } } };
        var model = new EnsembleTrainer(options).Train(matrix, s_context);
        Assert.AreEqual(3, MemberScale.Of(model, matrix, 30, 5, s_context), 1e-4);
    }

    [TestMethod]
    public void An_ensemble_of_an_ensemble_is_refused()
    {
        var check = new OptionsCheck("Train");
        new TrainOptions { Algorithm = "ensemble", Ensemble = { Members = { ["inner"] = new() { Algorithm = "ensemble" } } } }.Validate(check);
        Assert.HasCount(1, check.Faults);
        StringAssert.Contains(check.Faults[0], "Train:Ensemble:Members:inner:Algorithm", StringComparison.Ordinal);
        Assert.ThrowsExactly<ConfigurationException>(() => new EnsembleTrainer(new()).Train(Small, s_context));
    }

    [TestMethod]
    public void A_member_that_misleads_loses_its_weight_on_a_hold_out()
    {
        var all = PlantedClusters.Make();
        // Every fourth pair is held out; popularity knows no clusters.
        var (train, test) = Split(all);
        var options = new EnsembleOptions
        {
            ScaleUsers = 30,
            ScaleTop = 5,
            Members =
            {
                ["graph"] = new() { Algorithm = GraphFilterTrainer.Name, Weight = 0.2 },
                ["popular"] = new() { Algorithm = PopularityTrainer.Name, Weight = 3 },
            },
        };
        var model = (EnsembleModel)new EnsembleTrainer(options).Train(train, s_context);
        var report = EnsembleFit.Run(model, new HoldOut(train, test, 0), new EnsembleFitOptions(Users: 60, Depth: 5, Candidates: 20), s_context);
        Assert.IsTrue(report.After > report.Before + 0.05, $"{report.Before} -> {report.After}");
        Assert.IsTrue(report.Weights["popular"] / report.Weights["graph"] < 5, $"{report.Weights["graph"]}, {report.Weights["popular"]}");
        var again = EnsembleFit.Run(model, new HoldOut(train, test, 0), new EnsembleFitOptions(Users: 60, Depth: 5, Candidates: 20), StageContext.Quiet(1));
        CollectionAssert.AreEqual(report.Weights.Values.ToArray(), again.Weights.Values.ToArray());
    }

    private static (InteractionMatrix Train, SparseRows Test) Split(InteractionMatrix all)
    {
        List<int>[] users = [[], []];
        List<int>[] items = [[], []];
        for (int user = 0; user < all.Users; user++)
        {
            var row = all.ByUser.RowIndices(user);
            for (int k = 0; k < row.Length; k++)
            {
                int side = k % 4 == 1 ? 1 : 0;
                users[side].Add(user);
                items[side].Add(row[k]);
            }
        }
        SparseRows Rows(int side) => SparseRows.FromTriplets(
            all.Users, all.Items, users[side].ToArray(), items[side].ToArray(), Enumerable.Repeat(1f, users[side].Count).ToArray());
        return (new InteractionMatrix(Rows(0)), Rows(1));
    }

    private static float[] ScoresOf(ITrainedModel model, InteractionMatrix matrix)
    {
        var scores = new float[matrix.Users * matrix.Items];
        model.ScorerFor(matrix, s_context).Score([.. Enumerable.Range(0, matrix.Users)], 0, matrix.Items, scores, matrix.Items);
        return scores;
    }
}
