using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class TunerTests
{
    private static readonly TrainOptions s_train = new() { Algorithm = GraphFilterTrainer.Name };

    /// <summary>Best where items' popularity is taken away by an exponent of 0.3: the ratio of two edges says which exponent a model has.</summary>
    private static double Closeness(ITrainedModel model) => -Math.Abs(ItemExponentOf((ItemGraphModel)model) - 0.3);

    [TestMethod]
    public void The_search_finds_the_best_of_its_candidates_and_repeats_itself()
    {
        var options = new TuneOptions { Trials = 12, FirstShare = 1, Space = { ["GraphFilter:ItemExponent"] = new TuneRange { Max = 1 } } };
        var report = Run(options);
        Assert.IsTrue(report.Complete);
        Assert.HasCount(12, report.Trials);
        Assert.AreEqual(report.Trials.Max(t => t.Score), report.Best!.Score);
        Assert.IsTrue(report.Best.Score > -0.1, $"{report.Best.Score}");
        Assert.AreEqual($"Train:GraphFilter:ItemExponent={report.Best.Settings["GraphFilter:ItemExponent"]}", report.BestAssignments.Single());
        CollectionAssert.AreEqual(report.Trials.Select(t => t.Score).ToArray(), Run(options).Trials.Select(t => t.Score).ToArray());
    }

    [TestMethod]
    public void Halving_trains_all_on_a_few_users_and_the_last_on_all()
    {
        var report = Run(new TuneOptions { Trials = 9, FirstShare = 0.2, Space = { ["GraphFilter:ItemExponent"] = new TuneRange { Max = 1 } } });
        CollectionAssert.AreEqual(new[] { 9, 3, 1 }, report.Trials.GroupBy(t => t.Share).Select(g => g.Count()).ToArray());
        Assert.AreEqual(1, report.Best!.Share);
    }

    [TestMethod]
    public void A_candidate_that_fails_is_told_apart_and_the_search_goes_on()
    {
        var report = Run(new TuneOptions { Trials = 6, FirstShare = 1, Space = { ["GraphFilter:Power"] = new TuneRange { Values = ["0", "1"] } } });
        Assert.IsTrue(report.Trials.Any(t => t.Failure is { } f && f.Contains("Power", StringComparison.Ordinal) && double.IsNaN(t.Score)));
        Assert.IsNull(report.Best!.Failure);
    }

    [TestMethod]
    [DataRow("GraphFilter:ItemExponents", "ItemExponents")]
    [DataRow("Graph:ItemExponent", "Graph")]
    [DataRow("Ensemble:Members:low:Weight", "low")]
    public void A_key_that_names_nothing_stops_the_search_before_it_starts(string key, string named)
    {
        var options = new TuneOptions { Trials = 2, Space = { [key] = new TuneRange { Max = 1 } } };
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => new Tuner(options, s_train).Run(
            PlantedClusters.Make(), _ => throw new InvalidOperationException("nothing must be scored"), StageContext.Quiet(1)));
        StringAssert.Contains(thrown.Message, $"'{named}'", StringComparison.Ordinal);
    }

    [TestMethod]
    public void A_time_limit_ends_the_search_and_says_so()
    {
        var clock = new SteppingTime(TimeSpan.FromMinutes(2));
        var options = new TuneOptions { Trials = 50, FirstShare = 1, Minutes = 5 };
        var report = new Tuner(options, s_train).Run(PlantedClusters.Make(), Closeness, StageContext.Quiet(1) with { Time = clock });
        Assert.IsFalse(report.Complete);
        Assert.HasCount(2, report.Trials);
        Assert.IsNotNull(report.Best);
    }

    [TestMethod]
    public void Every_declared_space_names_options_that_accept_its_draws()
    {
        foreach (string algorithm in TrainerCatalog.Names)
        {
            var train = new TrainOptions { Algorithm = algorithm };
            if (SearchSpace.Of(train).Count == 0) continue;
            var random = new Recsys.Batch.Pipeline.Numerics.SplitMix64(4, algorithm);
            for (int draw = 0; draw < 40; draw++)
            {
                var check = new OptionsCheck("Train");
                OptionPath.With(train, SearchSpace.Draw(SearchSpace.Of(train), ref random)).Validate(check);
                Assert.IsEmpty(check.Faults, string.Join("; ", check.Faults));
            }
        }
    }

    [TestMethod]
    public void Several_algorithms_take_turns_and_the_hold_out_says_which_serves()
    {
        var options = new TuneOptions
        {
            Trials = 7,
            FirstShare = 1,
            Algorithms = { "popularity", "ease", GraphFilterTrainer.Name },
            Space = { ["Ease:Regularization"] = new TuneRange { Values = ["7"] } },
        };
        var report = new Tuner(options, s_train).Run(PlantedClusters.Make(), m => m.Algorithm == "ease" ? 1 : 0, StageContext.Quiet(1, seed: 6));

        // What stands, for each; then draws, in turn, of those that have something to draw.
        CollectionAssert.AreEqual(
            new[] { "", "popularity", "ease", "ease", "graph-filter", "ease", "graph-filter" },
            report.Trials.Select(t => t.Settings.GetValueOrDefault("Algorithm", "")).ToArray());
        CollectionAssert.AreEqual(new[] { "Train:Algorithm=ease" }, report.BestAssignments.ToArray());
        Assert.AreEqual("7", report.Trials[3].Settings["Ease:Regularization"]);
        Assert.IsTrue(report.Trials[4].Settings.ContainsKey("GraphFilter:Power"));
    }

    [TestMethod]
    public void Algorithms_that_cannot_compete_are_refused()
    {
        var check = new OptionsCheck("Tune");
        new TuneOptions { Algorithms = { "ease", "eese" } }.Validate(check);
        StringAssert.Contains(check.Faults.Single().ToString(), "Tune:Algorithms:1", StringComparison.Ordinal);
        var thrown = Assert.ThrowsExactly<ConfigurationException>(
            () => Candidates.Of(new TuneOptions { Algorithms = { "popularity" } }, new TrainOptions { Algorithm = "popularity" }, 1));
        StringAssert.Contains(thrown.Message, "nothing to vary", StringComparison.Ordinal);
    }

    private static TuneReport Run(TuneOptions options) => new Tuner(options, s_train).Run(PlantedClusters.Make(), Closeness, StageContext.Quiet(2, seed: 6));

    // With w edges of i to j and k as one, S_ij / S_ji = d_i^(c - p) d_j^(p - c): equal degrees say nothing, so any pair of unequal ones serves.
    private static double ItemExponentOf(ItemGraphModel model)
    {
        var matrix = PlantedClusters.Make();
        for (int i = 0; i < model.Items; i++)
        {
            foreach (int j in model.Edges.RowIndices(i))
            {
                double ratio = (double)matrix.ByItem.RowLength(j) / matrix.ByItem.RowLength(i);
                int back = model.Edges.RowIndices(j).BinarySearch(i);
                if (Math.Abs(Math.Log(ratio)) < 0.3 || back < 0) continue;
                float forward = model.Edges.RowValues(i)[model.Edges.RowIndices(i).BinarySearch(j)];
                return 0.5 + Math.Log(model.Edges.RowValues(j)[back] / forward) / Math.Log(ratio);
            }
        }
        return double.NaN;
    }

    private sealed class SteppingTime(TimeSpan step) : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now += step.Ticks;
    }
}
