using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>The Overview says what readers have, whatever the newest run came to.</summary>
[TestClass]
internal sealed class OverviewTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-overview-").FullName;
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

    private async Task<string> Overview()
    {
        using var visitor = new Visitor(_host.Address, "Viewer");
        return System.Net.WebUtility.HtmlDecode(await visitor.Page("/"));
    }

    private static string Headline(string page, string name) =>
        Regex.Match(page, $"<span class=\"name\">{name}.*?</span>\\s*<span class=\"value\">([^<]*)</span>", RegexOptions.Singleline).Groups[1].Value;

    [TestMethod]
    public async Task Figures_are_the_current_versions_after_a_refusal_and_a_rollback()
    {
        _nights.Add(1, _now.AddDays(-3), 0.1);
        _nights.Add(2, _now.AddDays(-2), 0.2);
        _nights.Add(3, _now.AddDays(-1), 0.04, RunState.Refused);

        string refused = await Overview();
        Assert.AreEqual("0.2000", Headline(refused, "NDCG@10"));
        StringAssert.Contains(refused, "+100.0%");
        StringAssert.Contains(refused, "on the version before");

        _host.Store.Switch("v1", isRollback: true);
        string back = await Overview();
        Assert.AreEqual("0.1000", Headline(back, "NDCG@10"));
        Assert.AreEqual("2.5%", Headline(back, "Coverage@10"));
    }

    [TestMethod]
    [DataRow(0.105, false)]
    [DataRow(0.2, true)]
    public async Task Figures_have_intervals_and_a_change_within_them_has_no_colour(double ndcg, bool sure)
    {
        _nights.Add(1, _now.AddDays(-2), 0.1);
        _nights.Add(2, _now.AddDays(-1), ndcg);

        string page = await Overview();

        StringAssert.Contains(
            page, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"95% interval {ndcg - 0.01:0.0000} to {ndcg + 0.01:0.0000}"));
        StringAssert.Contains(page, "Held-out purchases found, early ranks counting more");
        Assert.AreEqual(sure, Regex.IsMatch(page, "<span class=\"better\">"), "green or red inside of the interval");
    }

    [TestMethod]
    public async Task Night_that_read_nothing_quarantined_no_share_of_it()
    {
        _nights.Add(1, _now.AddDays(-2), 0.1);
        string id = _nights.Add(2, _now.AddDays(-1), 0.1);
        var stage = _host.Ledger.Stages(id).Single(s => s.Stage == "ingest");
        _host.Ledger.Save(stage, new Dictionary<string, double> { ["ingest.rows"] = 0, ["ingest.quarantined"] = 0 }, []);

        string page = await Overview();

        Assert.AreEqual("1.0%", Headline(page, "Quarantined"), "the last night that read something");
        Assert.IsFalse(page.Contains("100.0%", StringComparison.Ordinal), "a share of nothing went down");
    }

    [TestMethod]
    public async Task Rollback_says_who_and_when_until_somebody_goes_forward()
    {
        _nights.Add(1, _now.AddDays(-2), 0.1);
        _nights.Add(2, _now.AddDays(-1), 0.2);
        Assert.IsFalse((await Overview()).Contains("rolled back", StringComparison.Ordinal));

        _host.Store.Switch("v1", isRollback: true);
        StringAssert.Contains(await Overview(), "the ledger does not say by whom", "as of a version that kept no audit log");
        _host.Operations.Append(new AuditEntry(HostileShop.Picture, AuditActs.RolledBack, "v1", "from v2"));
        string page = await Overview();
        StringAssert.Contains(page, $"{HostileShop.Picture}</b> rolled back from v2 to <span class=\"mono\">v1</span>");
        StringAssert.Contains(page, "just now");
        StringAssert.Contains(page, "no night makes it current by itself");

        _host.Store.Switch("v2");
        Assert.IsFalse((await Overview()).Contains("rolled back", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Figures_stay_where_the_version_is_older_than_the_runs_drawn()
    {
        _nights.Add(1, _now.AddDays(-40), 0.3);
        for (int night = 2; night < 36; night++) _nights.Add(night, _now.AddDays(night - 40), 0.04, RunState.Refused);

        Assert.AreEqual("0.3000", Headline(await Overview(), "NDCG@10"));
    }
}
