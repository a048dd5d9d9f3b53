using Recsys.Batch.Jobs.Tests.Console.Browser;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>The pages in a real browser, under a content policy stricter than the host's.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ConsoleBrowserTests
{
    private static HostileShop? s_shop;
    private static PageHost? s_host;
    private static Chromium? s_browser;

    [ClassInitialize]
    public static async Task Open(TestContext _)
    {
        if (Chromium.Installed is null) return;
        s_shop = await HostileShop.Open();
        s_host = await PageHost.Start(s_shop.Output);
        s_host.Scheduler.Known.Add(new Jobs.Scheduling.Schedule(
            "night & <b>day</b>", "nightly", "0 3 * * *", "UTC", Jobs.Scheduling.MisfirePolicy.RunOnce, new Dictionary<string, string>(), null, null, 0,
            TimeSpan.Zero));
        s_host.Operations.Save(new LedgerAlert(
            "a", TimeProvider.System.GetUtcNow(), "failure", "Failed " + HostileShop.Picture, HostileShop.Script, null, false, HostileShop.Script));
        s_browser = await Chromium.Start();
    }

    [ClassCleanup]
    public static async Task Close()
    {
        if (s_browser is not null) await s_browser.DisposeAsync();
        if (s_host is not null) await s_host.DisposeAsync();
        s_shop?.Dispose();
    }

    private static PageHost Host => s_host ?? throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");

    [TestMethod]
    [DataRow(1440, 900, false)]
    [DataRow(390, 844, true)]
    public async Task Every_page_fits_is_named_and_readable_and_the_browser_has_no_complaint(int width, int height, bool dark)
    {
        using var visitor = new Visitor(Host.Address, "Operator");
        var page = await Tabs.OpenPage();
        await page.Size(width, height, dark);
        var faults = new List<string>();
        foreach (string address in await PageAddresses.Of(Host, visitor))
        {
            await page.Go(Host.Address + address);
            await page.Evaluate("document.querySelectorAll('details').forEach(d => d.open = true)");
            faults.AddRange((await PageAudit.Of(page)).Take(4).Select(f => $"{address}: {f}"));
        }
        faults.AddRange(page.Complaints);

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
    }

    [TestMethod]
    [DataRow("/")]
    [DataRow("/runs/start")]
    [DataRow("/balance")]
    [DataRow("/lists")]
    [DataRow("/schedules")]
    public async Task The_keyboard_reaches_every_control_in_order_and_shows_where_it_is(string address)
    {
        var page = await Tabs.OpenPage();
        await page.Go(Host.Address + address);

        var faults = await PageAudit.OfKeyboard(page);

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
    }

    [TestMethod]
    public async Task The_skip_link_leads_past_the_navigation()
    {
        var page = await Tabs.OpenPage();
        await page.Go(Host.Address + "/runs");

        await page.Press("Tab", 9);
        Assert.AreEqual("Skip to content", (await page.Evaluate("document.activeElement.textContent"))!.GetValue<string>());
        await page.Press("Enter", 13);

        Assert.AreEqual("main", (await page.Evaluate("document.activeElement.id"))!.GetValue<string>());
    }

    [TestMethod]
    public async Task A_run_at_work_moves_without_a_reload_and_its_end_is_announced()
    {
        var host = Host;
        var now = TimeProvider.System.GetUtcNow();
        var run = new LedgerRun("000000-20200102T000000Z", "nightly", RunState.Running, now, null, 1, 42, 1, "hash", null, null);
        var stage = new LedgerStage(run.RunId, "train", StageState.Running, "h", "first run", null, now, 0, 0, null);
        host.Ledger.Save(run);
        host.Ledger.Save(stage, new Dictionary<string, double>(), []);
        host.Operations.SaveProgress(new LedgerProgress(run.RunId, "train", "als", 3, 16, "iterations", 2, now));
        var page = await Tabs.OpenPage();
        await page.Go($"{host.Address}/runs/{run.RunId}");
        await page.Evaluate("window.__same = true");

        host.Operations.SaveProgress(new LedgerProgress(run.RunId, "train", "als", 11, 16, "iterations", 2, now));
        host.Operations.AppendLog(run.RunId, [new LedgerLogLine(0, now, "info", "train", "half way")]);
        await page.Until(
            "document.querySelector('progress')?.value === 11 && document.querySelector('.log')?.innerText.includes('half way')",
            "progress and log have moved");
        host.Ledger.Save(stage with { State = StageState.Finished, Seconds = 4 }, new Dictionary<string, double>(), []);
        host.Ledger.Save(run with { State = RunState.Finished, Ended = now, Version = "v" });
        await page.Until("document.querySelector('h1').innerText.includes('finished')", "the run has ended");

        Assert.AreEqual(true, (await page.Evaluate("window.__same"))!.GetValue<bool>());
        StringAssert.Contains(await page.Text("#announcer"), "Finished");
        Assert.AreEqual(0, page.Complaints.Count, string.Join(Environment.NewLine, page.Complaints));
    }

    [TestMethod]
    public async Task The_colour_switch_holds_on_the_next_page_and_goes_back_to_the_systems()
    {
        var page = await Tabs.OpenPage();
        await page.Size(1440, 900);
        await page.Go(Host.Address + "/versions");
        const string Ground = "getComputedStyle(document.documentElement).backgroundColor";
        string light = (await page.Evaluate(Ground))!.GetValue<string>();

        await page.Evaluate("document.querySelector('[data-theme-switch] button[value=dark]').click()");
        await page.Go(Host.Address + "/runs");
        Assert.AreNotEqual(light, (await page.Evaluate(Ground))!.GetValue<string>());
        Assert.AreEqual("true", (await page.Evaluate("document.querySelector('button[value=dark]').getAttribute('aria-pressed')"))!.GetValue<string>());
        await page.Evaluate("document.querySelector('[data-theme-switch] button[value=\"\"]').click()");

        Assert.AreEqual(light, (await page.Evaluate(Ground))!.GetValue<string>());
    }

    private static Chromium Tabs => s_browser ?? throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");
}
