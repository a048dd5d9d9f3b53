using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic.Kinds;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Tests.Synthetic;

/// <summary>Each kind has the property that it is named after.</summary>
[TestClass]
internal sealed class KindLogTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-kinds-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("sequences")]
    [DataRow("dense")]
    [DataRow("trends")]
    [DataRow("long-tail")]
    public void Equal_parameters_give_equal_files_whatever_the_threads(string name)
    {
        var kind = SyntheticKinds.Find(name)!;
        var parameters = new KindParameters(Users: 120, Items: 90, Events: 3_001, Seed: 7) { Days = 20 };
        var one = KindLog.Write(kind, parameters, Path.Combine(_folder, "one"), ParquetFiles.Writer(), StageContext.Quiet(threads: 1));
        var two = KindLog.Write(kind, parameters, Path.Combine(_folder, "two"), ParquetFiles.Writer(), StageContext.Quiet(threads: 3));

        Assert.AreEqual(20, one.Events.Count);
        foreach (var (a, b) in one.Events.Append(one.Items).Zip(two.Events.Append(two.Items)))
            CollectionAssert.AreEqual(File.ReadAllBytes(a), File.ReadAllBytes(b), a);
        Assert.AreEqual(3_001L, one.Events.Sum(f => ParquetFiles.Reader().Read(f).Sum(b => (long)b.RowCount)));
        var events = KindLog.Events(kind, parameters, StageContext.Quiet());
        Assert.IsTrue(events.Zip(events.Skip(1)).All(p => p.First.Time <= p.Second.Time));
        Assert.IsTrue(events.All(e => e.Time >= parameters.Start && e.Time < parameters.Start + parameters.Length));
        var other = KindLog.Events(kind, parameters with { Seed = 8 }, StageContext.Quiet());
        CollectionAssert.AreNotEqual(events, other);
    }

    [TestMethod]
    public void Sequences_are_known_by_their_order()
    {
        var log = new KindHoldOut("sequences", new(2_500, 600, 20_000));

        var gain = log.Gain(new SequenceTrainer(new SequenceOptions()), new ItemKnnTrainer(new ItemKnnOptions()));

        Assert.IsGreaterThan(0, gain.Low, gain.ToString());
        Assert.IsLessThan(12, log.Events.Length / 2_500.0);
    }

    [TestMethod]
    public void Dense_ratings_fill_the_matrix_and_have_a_low_rank()
    {
        var log = new KindHoldOut("dense", new(400, 250, 20_000) { Days = 180 });

        Assert.IsTrue(log.Events.All(e => e.Rating is >= 1 and <= 5));
        Assert.AreEqual(5, log.Events.Select(e => e.Rating).Distinct().Count());
        Assert.AreEqual(20_000, log.Events.Select(e => (e.User, e.Item)).Distinct().Count());
        var full = SyntheticKinds.All.ToDictionary(k => k.Name, k => (double)k.Sizes.Events / k.Sizes.Users / k.Sizes.Items);
        Assert.IsGreaterThan(3 * full.Where(f => f.Key != "dense").Max(f => f.Value), full["dense"]);
        var gain = log.Gain(new EaseTrainer(new EaseOptions()), new PopularityTrainer(new PopularityOptions()));
        Assert.IsGreaterThan(0, gain.Low, gain.ToString());
    }

    [TestMethod]
    public void Trends_make_what_sold_lately_the_better_list()
    {
        var log = new KindHoldOut("trends", new(1_500, 400, 30_000) { Days = 360 });

        var recent = new PopularityOptions { HalfLifeDays = TrendFactors.SpanDays(log.HoldOut.Train) / 12 };
        var gain = log.Gain(new PopularityTrainer(recent), new PopularityTrainer(new PopularityOptions()));

        Assert.IsGreaterThan(0, gain.Low, gain.ToString());
        // Nothing sells before its release.
        var model = new TrendsKind(new(1_500, 400, 30_000) { Days = 360 });
        const double week = 7 * 86_400_000_000.0;
        var start = new KindParameters(1, 2, 1).Start;
        Assert.IsTrue(log.Events.All(e => e.Time - start > model.Released(e.Item) - week));
    }

    [TestMethod]
    public void Long_tail_has_many_items_of_few_events_and_tastes()
    {
        var log = new KindHoldOut("long-tail", new(2_000, 4_000, 40_000) { Days = 360 });

        int[] counts = [.. Enumerable.Range(0, 4_000).GroupJoin(log.Events, i => i, e => e.Item, (_, of) => of.Count()).Order()];
        double gini = counts.Select((c, rank) => (2.0 * (rank + 1) - counts.Length - 1) * c).Sum() / (counts.Length * counts.Sum(c => (double)c));
        Assert.IsLessThan(0.4, gini);
        Assert.IsLessThan(15, counts[counts.Length / 2]);
        var gain = log.Gain(new ItemKnnTrainer(new ItemKnnOptions()), new PopularityTrainer(new PopularityOptions()));
        Assert.IsGreaterThan(0, gain.Low, gain.ToString());
    }

    [TestMethod]
    public void Impossible_sizes_are_a_configuration_error()
    {
        var error = Assert.ThrowsExactly<ConfigurationException>(() =>
            KindLog.Events(SyntheticKinds.All[0], new(10, 10, 51) { Days = 0 }, StageContext.Quiet()));
        StringAssert.Contains(error.Message, "generate:Events is 51");
        StringAssert.Contains(error.Message, "Days");
    }
}
