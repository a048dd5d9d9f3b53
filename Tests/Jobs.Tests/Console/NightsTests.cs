using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>The grid of nights, and two of them beside each other.</summary>
[TestClass]
internal sealed class NightsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-nights-").FullName;
    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private PageHost _host = null!;
    private SeededNights _nights = null!;

    [TestInitialize]
    public async Task Open()
    {
        _host = await PageHost.Start(_folder);
        _nights = new SeededNights(_host.Ledger, _host.Store);
    }

    [TestCleanup]
    public async Task Close()
    {
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<string> Page(string address)
    {
        using var visitor = new Visitor(_host.Address, "Viewer");
        return WebUtility.HtmlDecode(await visitor.Page(address));
    }

    private static string Row(string page, string head) =>
        Regex.Match(page, $"<th scope=\"row\">\\s*{head}\\s*<.*?</tr>", RegexOptions.Singleline).Value;

    [TestMethod]
    public async Task Grid_has_outcome_time_version_and_interval_of_each_night()
    {
        _nights.Add(1, _now.AddDays(-3), 0.1);
        _nights.Add(2, _now.AddDays(-2), 0.2);
        _nights.Add(3, _now.AddDays(-1), 0.04, RunState.Refused);
        _host.Store.Switch("v1", isRollback: true);

        string page = await Page("/nights");

        CollectionAssert.AreEqual(
            new[] { "finished", "finished", "gate refused" },
            Regex.Matches(Row(page, "materialize"), "hidden\">([^<,]+), 18 min 00 s<").Select(m => m.Groups[1].Value).ToArray());
        Assert.AreEqual(1, Regex.Count(Row(page, "publish"), "not reached"));
        string published = Row(page, "Published");
        StringAssert.Matches(published, new Regex("v1, current.*v2, rolled back", RegexOptions.Singleline));
        StringAssert.Matches(
            Row(page, "NDCG@10"), new Regex(@"\.100.*from </span>\.090.*to </span>\.110.*\.200.*from </span>\.190.*\.040", RegexOptions.Singleline));
    }

    [TestMethod]
    public async Task Start_that_failed_before_its_run_has_a_column_of_its_own_once()
    {
        _nights.Add(1, _now.AddDays(-1), 0.1);
        foreach (string attempt in (string[])["first", "second"])
            _host.Operations.Append(new AuditEntry("schedule", AuditActs.FailedStart, "nightly", $"events.parquet is missing, {attempt}", "host", "7"));

        string page = await Page("/nights");

        Assert.AreEqual(1, Regex.Count(page, "href=\"/runs/asked/7\""));
        StringAssert.Contains(page, "failed to start: events.parquet is missing, second");
    }

    [TestMethod]
    public async Task Grid_ends_with_the_newest_thirty()
    {
        for (int night = 1; night <= 40; night++) _nights.Add(night, _now.AddDays(night - 41), 0.1, changed: night == 1);

        string page = await Page("/nights");

        Assert.AreEqual(30, Regex.Count(page, "<th scope=\"col\"[^>]*>\\s*<a href=\"/runs/0000"));
        Assert.IsFalse(page.Contains("run #10<", StringComparison.Ordinal));
        StringAssert.Contains(page, "run #11<");
    }

    [TestMethod]
    public async Task Figure_of_one_name_is_the_lists_on_every_page()
    {
        _nights.Add(1, _now.AddDays(-2), 0.1);
        string id = _nights.Add(2, _now.AddDays(-1), 0.2);

        StringAssert.Matches(await Page("/versions"), new Regex("NDCG@10 of lists.*v2.*0\\.2000.*v1.*0\\.1000", RegexOptions.Singleline));
        StringAssert.Matches(
            await Page($"/runs/{id}"), new Regex("lists as published.*>ndcg@10</th>.*0\\.2000.*0\\.1000", RegexOptions.Singleline), "the model has half of it");
    }

    [TestMethod]
    public async Task Check_that_measured_nothing_has_not_passed()
    {
        string id = _nights.Add(1, _now.AddDays(-1), 0.1);
        var stage = _host.Ledger.Stages(id).Single(s => s.Stage == "evaluate");
        _host.Ledger.Save(
            stage, new Dictionary<string, double>(),
            [new ConstraintResult("model", "ndcg_against_published", ConstraintLevel.Pass, double.NaN, "warn below 0.9 x", "nothing published")]);

        string run = await Page($"/runs/{id}");
        StringAssert.Contains(run, "2 checks, none failed, 1 had nothing to measure");
        StringAssert.Contains(run, "1 check passed, 1 had nothing to measure");
        StringAssert.Contains(await Page("/quality"), "None of 2 checks of the latest runs failed; 1 had nothing to measure.");
        StringAssert.Matches(await Page("/versions"), new Regex("\\b1 passed"));
    }

    [TestMethod]
    public async Task Run_at_work_shows_stages_to_come_and_how_long_they_took_before()
    {
        _nights.Add(1, _now.AddDays(-1), 0.1);
        var run = new LedgerRun("000002-20990101T000000Z", "nightly", RunState.Running, _now, null, 1, 42, 1, "plan", null, null);
        _host.Ledger.Save(run);
        _host.Ledger.Save(
            new LedgerStage(run.RunId, "ingest", StageState.Running, "h", "new files", null, _now, 0, 0, null), new Dictionary<string, double>(), []);
        _host.Operations.SaveProgress(new LedgerProgress(run.RunId, "ingest", "read", 3, 16, "rows", 2, _now));

        string page = await Page($"/runs/{run.RunId}");

        StringAssert.Matches(page, new Regex("about 1 h 0\\d min to go by the run before"));
        Assert.AreEqual(7, Regex.Count(page, "To come"), "all but ingest");
        StringAssert.Matches(page, new Regex(">train</th>.*?≈ 22 min 00 s", RegexOptions.Singleline));
    }

    [TestMethod]
    public void Options_that_are_lists_of_objects_are_told_entry_by_entry()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        RunArchive.Flatten("", JsonNode.Parse("""{"Ingest":{"Events":[{"Path":"a","Columns":{"User":"u"}},{"Path":"b"}],"Kinds":["x","y"]}}"""), found);

        CollectionAssert.AreEqual(
            (string[])["Ingest:Events:0:Columns:User", "Ingest:Events:0:Path", "Ingest:Events:1:Path", "Ingest:Kinds"], found.Keys.ToArray());
    }

    [TestMethod]
    [DataRow(0.215, "within the interval", "")]
    [DataRow(0.25, "(better)", "within the interval")]
    [DataRow(0.15, "(worse)", "within the interval")]
    public async Task Two_nights_differ_where_neither_lies_in_the_others_interval(double ndcg, string said, string unsaid)
    {
        string one = _nights.Add(1, _now.AddDays(-2), 0.2 + (unsaid.Length == 0 ? 0.008 : 0));
        string other = _nights.Add(2, _now.AddDays(-1), ndcg);

        string page = await Page($"/nights/compare?night={other}&beside={one}");

        string row = Regex.Match(page, "<th scope=\"row\" class=\"mono break\">ndcg@10</th>.*?</tr>", RegexOptions.Singleline).Value;
        StringAssert.Contains(row, said);
        Assert.IsTrue(unsaid.Length == 0 || !row.Contains(unsaid, StringComparison.Ordinal), row);
        StringAssert.Contains(page, "/versions/v2/changes?from=v1");
    }
}
