using System.Net;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Who did what, which hosts are up, runs by a choice and logs by a search.</summary>
[TestClass]
internal sealed class AuditPageTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-audit-").FullName;
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

    [TestMethod]
    public async Task Audit_is_newest_first_by_kind_and_escaped()
    {
        _host.Operations.Append(new AuditEntry("olga", AuditActs.Paused, "night"));
        _host.Operations.Append(new AuditEntry(HostileShop.Script, AuditActs.Triggered, "nightly", HostileShop.Picture, JobId: "7"));
        using var visitor = new Visitor(_host.Address, "Viewer");

        string all = await visitor.Page("/audit");
        Assert.IsTrue(all.IndexOf(">triggered<", StringComparison.Ordinal) < all.IndexOf("<td>paused<", StringComparison.Ordinal));
        Assert.IsFalse(all.Contains(HostileShop.Script, StringComparison.Ordinal) || all.Contains("<img", StringComparison.Ordinal));
        string paused = await visitor.Page("/audit?act=paused");
        StringAssert.Contains(paused, "olga");
        Assert.IsFalse(paused.Contains("<td>triggered<", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Hosts_say_who_is_up_who_is_lost_and_what_was_taken_over()
    {
        _host.Scheduler.Up.Add(new HostFacts("host-a:1", ["default"], 2, _now.AddHours(-3), _now.AddSeconds(-5)));
        _host.Scheduler.Up.Add(new HostFacts("host-b:2", ["default", "shards"], 2, _now.AddHours(-3), _now.AddMinutes(-4)));
        string run = _nights.Add(1, _now.AddHours(-1), 0.1);
        _host.Operations.Append(new AuditEntry("host-a:1", AuditActs.TookOver, run, "from host-b:2", "host-a:1"));
        _host.Operations.TryAcquire("store", "host-a:1 nightly 7", TimeSpan.FromMinutes(5));

        string page = await Page("/hosts");

        StringAssert.Matches(
            page, new Regex("host-a:1\\s*<span class=\"tag accent\">writes now: nightly</span>.*?Up<.*host-b:2.*?No sign of life<", RegexOptions.Singleline));
        StringAssert.Matches(page, new Regex("took over</td>.*run #1</a>.*from host-b:2", RegexOptions.Singleline));
    }

    [TestMethod]
    public async Task Runs_are_chosen_by_job_state_and_day()
    {
        for (int night = 1; night <= 4; night++)
            _nights.Add(night, _now.AddDays(night - 5), 0.1, night == 2 ? RunState.Refused : RunState.Finished, changed: night == 1);
        string[] Shown(string page) => [.. Regex.Matches(page, @"<tr id=""run-00000(\d)").Select(m => m.Groups[1].Value)];

        CollectionAssert.AreEqual(new[] { "2" }, Shown(await Page("/runs?state=Refused")));
        CollectionAssert.AreEqual(Array.Empty<string>(), Shown(await Page("/runs?job=sweep")));
        string day = _now.AddDays(-2).AddHours(-3).UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        CollectionAssert.Contains(Shown(await Page($"/runs?from={day}")), "4");
        CollectionAssert.DoesNotContain(Shown(await Page($"/runs?from={day}")), "1");
        Assert.AreEqual(4, Shown(await Page("/runs?state=nonsense&from=nonsense")).Length);
    }

    [TestMethod]
    public async Task Log_is_searched_by_text_and_level_and_downloaded_whole()
    {
        string run = _nights.Add(1, _now.AddHours(-1), 0.1);
        _host.Operations.AppendLog(run, [
            new LedgerLogLine(0, _now, "info", "ingest", "reads a.parquet"), new LedgerLogLine(0, _now, "warning", "ingest", "A.PARQUET has 3 odd rows"),
            new LedgerLogLine(0, _now, "error", "train", "the disk is full\nsecond line")]);

        Assert.AreEqual(2, Regex.Count(await Page($"/runs/{run}/log?text=a.parquet"), "class=\"text\""));
        string odd = await Page($"/runs/{run}/log?level=1");
        StringAssert.Contains(odd, "Warning: A.PARQUET");
        StringAssert.Contains(odd, "Error: the disk is full");
        Assert.IsFalse(odd.Contains("reads a.parquet", StringComparison.Ordinal));
        Assert.AreEqual(3, (await Page($"/runs/{run}/log.txt")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
    }
}
