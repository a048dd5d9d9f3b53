using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Tests.Runs.Delta;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>Nights that a ranker serves say which of its features carried what stands on a list.</summary>
[TestClass]
internal sealed class FeaturesNightTests
{
    private const string Limited = """
        { "rules": [ { "name": "hero", "kind": "pin", "where": { "item": "20" }, "position": 2 },
                     { "name": "few", "kind": "limit", "per": "item", "lists": 40, "where": { "item": { "!=": "20" } } } ] }
        """;

    [TestMethod]
    public async Task Every_place_says_what_carried_it_and_shares_are_the_orders_scores()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var report = await SmallNight.Run(Options(folder, "out"));
        await SmallNight.Run(Options(folder, "other", threads: 1));

        Assert.AreEqual(SmallNight.Manifest(folder.File("out")), SmallNight.Manifest(folder.File("other")), "at any number of threads");
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        Assert.AreEqual((output.Store.Find(report.Version!)!.Rows, 0), Check(report, promoted: false));
        var entry = output.Store.List("7")[0];
        var names = RankReport.Read(Path.Combine(report.Stages.Single(s => s.Stage == StageNames.Rank).Folder, RankReport.FileName)).Ranker!.Ranges;
        Assert.IsTrue(entry.Features!.Strongest.All(f => f.Share > 0 && names.Any(r => r.Name == f.Name)));

        // The files say the same.
        string part = Path.Combine(output.FolderOf(report.Version!), "user_recommendations", "part-00001.parquet");
        foreach (var batch in ParquetFiles.Reader().Read(part, ["user_id", "rank", "reason_features", "reason_shares"], default))
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                if (Cell("user_id", row) != "7" || batch.Column<ValueColumn<int>>("rank").Values[row] != 1) continue;
                var read = ListColumns.ReadFeatures(Cell("reason_features", row), Cell("reason_shares", row))!;
                CollectionAssert.AreEqual(entry.Features.Strongest.ToArray(), read.Strongest.ToArray());
                return;
            }

            string Cell(string column, int row) => Encoding.UTF8.GetString(batch.Column<Utf8Column>(column)[row]);
        }
        Assert.Fail("the user is not in the file");
    }

    [TestMethod]
    public async Task What_allocation_brings_to_a_list_is_explained_too()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var plain = await SmallNight.Run(Ruled(folder, "plain", """{ "rules": [ { "name": "none", "kind": "exclude", "where": { "item": "5000" } } ] }"""));
        var report = await SmallNight.Run(Ruled(folder, "out", Limited));

        var (entries, without) = Check(report, promoted: true);
        Assert.AreEqual(0, without, "of those that no rule put there");
        Assert.IsGreaterThan(2_000, entries);
        Assert.AreNotEqual(plain.Version, report.Version);
    }

    [TestMethod]
    public async Task A_delta_explains_new_lists_and_keeps_what_is_said_of_others()
    {
        using var folder = new TempFolder();
        DeltaShop.WriteLog(folder.File("log"));
        var options = Options(folder, "out", mapped: false);
        var night = await SmallNight.Run(options);
        DeltaShop.NextDay(folder.File("log"), bought: "9");

        var delta = await DeltaShop.Delta(options);

        Check(delta, promoted: false);
        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        Assert.IsTrue(output.Store.List(DeltaShop.New).All(e => e.Features is not null));
        Assert.AreEqual(Shares(night.Version!), Shares(delta.Version!));

        string Shares(string version) => string.Join(
            "; ", output.Store.List("8", version).Select(e => $"{e.ItemId} {string.Join(", ", e.Features!.Strongest)} {e.Features.Others}"));
    }

    [TestMethod]
    public async Task A_night_without_a_ranker_has_no_column_of_them()
    {
        using var folder = new TempFolder();
        SmallNight.WriteLog(folder.File("log"));
        var night = Options(folder, "out");
        night.Rank.Algorithm = "none";
        var report = await SmallNight.Run(night);

        using var output = OutputFolder.OpenForReading(new PublishOptions { Path = folder.File("out") });
        Assert.IsNull(output.Store.List("7")[0].Features);
        var columns = ParquetFiles.Reader().Inspect(Path.Combine(output.FolderOf(report.Version!), "user_recommendations", "part-00001.parquet")).Columns;
        Assert.AreEqual("promoted", columns[^1].Name);
    }

    private static PipelineOptions Options(TempFolder folder, string output, int threads = 2, bool mapped = true)
    {
        var night = mapped
            ? SmallNight.Options(folder.File("log"), folder.File(output), threads)
            : DeltaShop.Options(folder.File("log"), folder.File(output), threads);
        night.Embed.Model = "none";
        night.Rank.Algorithm = "logistic";
        night.Rank.MinUsers = 1;
        return night;
    }

    private static PipelineOptions Ruled(TempFolder folder, string output, string rules)
    {
        var night = Options(folder, output);
        File.WriteAllText(folder.File(output + ".json"), rules);
        night.Rules.File = folder.File(output + ".json");
        return night;
    }

    /// <summary>
    /// A list's relevance is the ranker's score on a scale of the user's own: what shares add up to lies on one straight line with it, whatever order diversity
    /// and rules made of it.
    /// </summary>
    private static (long Entries, int Without) Check(RunReport report, bool promoted)
    {
        string folder = report.Stages.Single(s => s.Stage == StageNames.Materialize).Folder;
        long entries = 0;
        int without = 0, checkedLists = 0;
        foreach (string file in Directory.GetFiles(Path.Combine(folder, ListBlocks.Folder)))
        {
            var block = ListBlocks.Read(file);
            var features = block.Features!;
            for (int u = 0; u < block.Users.Length; u++)
            {
                var points = new List<(double Relevance, double Sum)>();
                for (int entry = block.Offsets[u]; entry < block.Offsets[u + 1]; entry++)
                {
                    entries++;
                    if (block.Sources[entry] == CandidateSource.Promoted)
                    {
                        Assert.IsTrue(promoted && !features.Has(entry));
                        continue;
                    }
                    if (!features.Has(entry)) without++;
                    // What rules asked for beyond a user's own candidates is worth 0, whatever its score.
                    else if (block.Relevance[entry] > 0)
                        points.Add((block.Relevance[entry], features.Of(entry).Sum(f => (double)f.Share) + features.Others[entry]));
                }
                if (points.Count < 3) continue;
                var (low, high) = (points.MinBy(p => p.Relevance), points.MaxBy(p => p.Relevance));
                if (high.Relevance - low.Relevance < 1e-3) continue;
                checkedLists++;
                foreach (var (relevance, sum) in points)
                {
                    double expected = low.Sum + (high.Sum - low.Sum) * (relevance - low.Relevance) / (high.Relevance - low.Relevance);
                    Assert.AreEqual(expected, sum, 1e-3, $"user {block.Users[u]}");
                }
            }
        }
        Assert.IsGreaterThan(100, checkedLists);
        return (entries, without);
    }
}
