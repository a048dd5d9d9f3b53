using System.Text;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Neighbors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>What tables that strangers see say of single customers.</summary>
[TestClass]
internal sealed class PrivateTablesTests
{
    [TestMethod]
    public async Task Neighbors_and_newcomers_lists_are_of_enough_customers()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var night = SmallNight.Options(folder.File("log"), folder.File("out"));
        night.Neighbors.MinScore = 0.001;
        var free = await SmallNight.Run(night);
        Assert.AreNotEqual(0, Below(free, 25, out _), "there is something to leave out");

        night.Privacy.MinCustomers = 25;
        var held = await SmallNight.Run(night);

        Assert.AreEqual(0, Below(held, 25, out int kept));
        Assert.AreNotEqual(0, kept);
        int Below(RunReport run, int least, out int rows)
        {
            string ingest = Folder(run, StageNames.Ingest);
            var (interactions, items) = (IngestArtifacts.ReadInteractions(ingest), IngestArtifacts.ReadItems(ingest));
            using var output = OutputFolder.OpenForReading(night.Publish);
            var pairs = Enumerable.Range(0, items.Count).SelectMany(i => output.Store.Neighbors(items.Text(i), run.Version))
                .Where(n => n.Source != NeighborLists.Text).ToList();
            rows = pairs.Count;
            return pairs.Count(n => Buyers(n.ItemId).Intersect(Buyers(n.NeighborId)).Count() < least)
                + output.Store.SegmentDefaults(run.Version).Count(d => Buyers(d.ItemId).Length < least);

            int[] Buyers(string item) => interactions.ByItem.RowIndices(items.Find(Encoding.UTF8.GetBytes(item))).ToArray();
        }

        string Folder(RunReport run, string stage) => run.Stages.Single(s => s.Stage == stage).Folder;
    }

    [TestMethod]
    public async Task Noise_is_the_same_for_any_threads_under_one_key_and_costs_add_up()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var addLastDay = SmallNight.HoldBack(folder.File("log"));
        double first = await Night("out", 2, new string('1', 64));
        Assert.IsTrue(first is > 99 and <= 100.001, $"{first}");
        await Night("single", 1, new string('1', 64));
        Assert.AreEqual(SmallNight.Manifest(folder.File("out")), SmallNight.Manifest(folder.File("single")));
        await Night("other", 2, new string('2', 64));
        Assert.AreNotEqual(SmallNight.Manifest(folder.File("out")), SmallNight.Manifest(folder.File("other")));

        addLastDay();
        double second = await Night("out", 2, new string('1', 64));
        Assert.IsTrue(second > first * 1.3 && second <= 2 * first, $"{first}, then {second}");

        async Task<double> Night(string output, int threads, string key)
        {
            var night = SmallNight.Options(folder.File("log"), folder.File(output), threads);
            // Three hundred customers: less would leave nothing.
            night.Privacy.Epsilon = 100;
            night.Privacy.MaxItems = 5;
            night.Privacy.Key = key;
            var report = await SmallNight.Run(night);
            Assert.AreEqual("", string.Join("; ", report.Checks.Where(c => c.Level == Recsys.Batch.Pipeline.Stage.ConstraintLevel.Fail)));
            return report.Metric(StageNames.Materialize, "privacy.epsilon")!.Value;
        }
    }
}
