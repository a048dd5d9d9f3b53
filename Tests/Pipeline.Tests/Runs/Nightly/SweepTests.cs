using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class SweepTests
{
    [TestMethod]
    public void The_grid_has_the_configured_setting_first_and_none_twice()
    {
        var sweep = new SweepOptions { Lambdas = [0.5, 0.2, 0, 0.2] };

        var names = sweep.Settings(new DiversifyOptions { Method = MaximalMarginalRelevance.Name, Lambda = 0.35 })
            .Where(s => s.Method is DiversifierCatalog.None or MaximalMarginalRelevance.Name)
            .Select(s => s.Name)
            .ToArray();
        CollectionAssert.AreEqual(new[] { "mmr 0.35", "none", "mmr 0.2", "mmr 0.5" }, names);
        Assert.AreEqual("none", sweep.Settings(new DiversifyOptions { Method = DiversifierCatalog.None, Lambda = 0.9 })[0].Name);
        CollectionAssert.AreEqual(
            new[] { "none", "mmr 0.2", "mmr 0.5" },
            new SweepOptions { Lambdas = [0.5, 0.2], Methods = [MaximalMarginalRelevance.Name, DiversifierCatalog.None] }
                .Settings(new DiversifyOptions { Method = DiversifierCatalog.None })
                .Select(s => s.Name)
                .ToArray());
    }

    [TestMethod]
    public void Lambdas_out_of_range_are_a_fault_of_their_key()
    {
        var check = new OptionsCheck("Sweep");
        new SweepOptions { Lambdas = [0.1, 1.5], Samples = 51 }.Validate(check);

        Assert.AreEqual(2, check.Faults.Count);
        StringAssert.StartsWith(check.Faults[0], "Sweep:Lambdas is '0.1, 1.5'; expected");
    }

    [TestMethod]
    public async Task The_configured_point_is_what_evaluate_and_the_published_lists_have()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        PipelineOptions Options()
        {
            var night = SmallNight.Options(folder.File("log"), folder.File("out"));
            night.Sweep.Lambdas = [0.2, 1];
            night.Sweep.Methods = [MaximalMarginalRelevance.Name];
            night.Sweep.Samples = 3;
            night.Diversify.Lambda = 0.2;
            return night;
        }

        var published = await SmallNight.Run(Options());
        var swept = await SmallNight.Run(Options(), request: new RunRequest("sweep"));

        CollectionAssert.AreEqual(new[] { "ingest", "embed", "train", "rank", "sweep" }, swept.Stages.Select(s => s.Stage).ToArray());
        Assert.IsNull(swept.Version);
        var report = SweepReport.Read(Path.Combine(swept.Stages.Single(s => s.Stage == "sweep").Folder, SweepReport.FileName));
        CollectionAssert.AreEqual(new[] { "mmr 0.2", "none", "mmr 1" }, report.Points.Select(p => p.Name).ToArray());
        Assert.AreSame(report.Points[0], report.Current);
        Assert.IsNull(report.Current.Change);
        Assert.AreEqual(published.Metric("evaluate", $"diversified.{Slices.New}.ndcg@10")!.Value, report.Current.Figures["ndcg"].Value);
        Assert.AreEqual(swept.Metric("sweep", "sweep.mmr 1.ild@10")!.Value, report.Points[2].Figures["ild"].Value);
        Assert.IsTrue(
            report.Points[2].Figures["ild"].Value > report.Points[1].Figures["ild"].Value, "more weight on diversity gives lists that are more diverse");
        var change = report.Points[2].Change!;
        Assert.AreEqual(report.Points[2].Figures["ndcg"].Value - report.Current.Figures["ndcg"].Value, change.Value, 1e-6);
        Assert.IsTrue(change.Low <= change.Value && change.Value <= change.High);

        Assert.AreEqual(3, report.Samples.Count);
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        foreach (var sample in report.Samples)
        {
            CollectionAssert.AreEqual(output.Store.List(sample.UserId).Select(e => e.ItemId).ToArray(), sample.Lists[0].ToArray());
            Assert.AreEqual(3, sample.Lists.Count);
            Assert.IsTrue(sample.History.Count > 0 && sample.History.All(report.Titles.ContainsKey));
        }
    }

    [TestMethod]
    public void A_sweep_that_cannot_be_read_is_named_with_what_to_do()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("sweep.json"), "{\"cutoff\": 1");

        var failure = Assert.ThrowsExactly<ArtifactException>(() => SweepReport.Read(folder.File("sweep.json")));

        StringAssert.Contains(failure.Message, folder.File("sweep.json"));
        StringAssert.Contains(failure.Message, "run sweep again");
    }
}
