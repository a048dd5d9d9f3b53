using Microsoft.Playwright;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>The pages in a real browser, under a content policy stricter than the host's.</summary>
[TestClass]
internal sealed class ConsoleBrowserTests
{
    private static HostileShop? s_shop;
    private static PageHost? s_host;

    [ClassInitialize]
    public static async Task Open(TestContext _)
    {
        if (Browser.Installed is null) return;
        s_shop = await HostileShop.Open();
        s_host = await PageHost.Start(s_shop.Output);
        s_host.Scheduler.Known["night & <b>day</b>"] = new() { Job = "nightly", Cron = "0 3 * * *" };
        s_host.Operations.Save(new LedgerAlert(
            "a", TimeProvider.System.GetUtcNow(), "failure", "Failed " + HostileShop.Picture, HostileShop.Script, null, false, HostileShop.Script));
    }

    [ClassCleanup]
    public static async Task Close()
    {
        if (s_host is not null) await s_host.DisposeAsync();
        s_shop?.Dispose();
    }

    private static PageHost Host => s_host ?? throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");

    [TestMethod]
    [DataRow(1440, 900, false)]
    [DataRow(1440, 900, true)]
    [DataRow(390, 844, false)]
    [DataRow(390, 844, true)]
    public async Task Every_page_fits_is_named_and_readable_and_the_browser_has_no_complaint(int width, int height, bool dark)
    {
        using var visitor = new Visitor(Host.Address, "Operator");
        await using var tab = await Browser.OpenTab(width, height, dark);
        var faults = new List<string>();
        int number = 0;
        foreach (string address in await PageAddresses.Of(Host, visitor))
        {
            await tab.Page.GotoAsync(Host.Address + address);
            string name = new([.. address.Split('?')[0].Trim('/').Take(24).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
            await tab.Picture($"every-{++number:D2}-{name}-{width}{(dark ? "-dark" : "")}");
            await tab.Page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = true)");
            faults.AddRange((await PageAudit.Of(tab.Page)).Concat(await Axe.Of(tab.Page)).Take(4).Select(f => $"{address}: {f}"));
        }
        faults.AddRange(tab.Complaints);

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
    }

    [TestMethod]
    [DataRow(1440)]
    [DataRow(390)]
    public async Task Numbers_of_the_balance_chart_do_not_lie_over_each_other(int width)
    {
        await using var tab = await Browser.OpenTab(width);
        await tab.Page.GotoAsync(Host.Address + "/balance");

        string[] over = await tab.Page.EvaluateAsync<string[]>(
            """
            () => {
              const texts = [...document.querySelectorAll('.balance .plot text')].filter(e => e.checkVisibility())
                .map(e => ({ text: e.textContent.trim(), box: e.getBoundingClientRect() })), over = [];
              for (const [i, a] of texts.entries()) for (const b of texts.slice(i + 1))
                if (a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 && a.box.top < b.box.bottom - 3 && b.box.top < a.box.bottom - 3)
                  over.push(`${a.text} over ${b.text}`);
              return texts.length < 8 ? ['too few texts to tell'] : over;
            }
            """);

        Assert.AreEqual("", string.Join('\n', over));
    }

    [TestMethod]
    [DataRow("/")]
    [DataRow("/runs/start")]
    [DataRow("/balance")]
    [DataRow("/lists")]
    [DataRow("/schedules")]
    public async Task The_keyboard_reaches_every_control_in_order_and_shows_where_it_is(string address)
    {
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        await page.GotoAsync(Host.Address + address);

        var faults = await PageAudit.OfKeyboard(page);

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
    }

    [TestMethod]
    public async Task The_skip_link_leads_past_the_navigation()
    {
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        await page.GotoAsync(Host.Address + "/runs");

        await page.Keyboard.PressAsync("Tab");
        await Expect(page.GetByText("Skip to content")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("#main")).ToBeFocusedAsync();
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
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        await page.GotoAsync($"{host.Address}/runs/{run.RunId}");
        await page.EvaluateAsync("window.__same = true");

        host.Operations.SaveProgress(new LedgerProgress(run.RunId, "train", "als", 11, 16, "iterations", 2, now));
        host.Operations.AppendLog(run.RunId, [new LedgerLogLine(0, now, "info", "train", "half way")]);
        await Expect(page.Locator("progress")).ToHaveJSPropertyAsync("value", 11);
        await Expect(page.Locator(".log")).ToContainTextAsync("half way");
        host.Ledger.Save(stage with { State = StageState.Finished, Seconds = 4 }, new Dictionary<string, double>(), []);
        host.Ledger.Save(run with { State = RunState.Finished, Ended = now, Version = "v" });
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");

        Assert.IsTrue(await page.EvaluateAsync<bool>("window.__same"), "the page was loaded again");
        await Expect(page.Locator("#announcer")).ToContainTextAsync("Finished");
        tab.AssertNoComplaint();
    }

    [TestMethod]
    public async Task The_colour_switch_holds_on_the_next_page_and_goes_back_to_the_systems()
    {
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        await page.GotoAsync(Host.Address + "/versions");
        const string Ground = "getComputedStyle(document.documentElement).backgroundColor";
        string light = await page.EvaluateAsync<string>(Ground);

        await page.GetByRole(AriaRole.Button, new() { Name = "Dark" }).ClickAsync();
        await page.GotoAsync(Host.Address + "/runs");
        Assert.AreNotEqual(light, await page.EvaluateAsync<string>(Ground));
        await Expect(page.Locator("button[value=dark]")).ToHaveAttributeAsync("aria-pressed", "true");
        await page.GetByRole(AriaRole.Button, new() { Name = "System" }).ClickAsync();

        Assert.AreEqual(light, await page.EvaluateAsync<string>(Ground));
    }
}
