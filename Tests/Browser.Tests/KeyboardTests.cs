using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Scheduling;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>What operators do, by the keyboard alone. To accept once is in <see cref="AcceptOnceTests"/>.</summary>
[TestClass]
internal sealed class KeyboardTests
{
    [TestMethod]
    [Timeout(300_000)]
    public async Task Night_is_triggered_by_keyboard()
    {
        await using var host = await OperatorsHost.Start();
        await using var tab = await host.SignedIn("olga", "/");
        var page = tab.Page;

        await Keys.Press(page, "a[href='/runs/start']");
        await Expect(page.Locator("h1")).ToContainTextAsync("Start a run");
        await Keys.TabTo(page, "#settings");
        await page.Keyboard.TypeAsync("Diversify:Lambda=0.4");
        await Keys.Press(page, "main form button", "Space");

        await Expect(page.Locator("h1")).ToContainTextAsync(new Regex("Run #\\d+: finished"));
        await Expect(page.Locator("main")).ToContainTextAsync("Diversify:Lambda = 0.4");
        Assert.AreEqual("olga", (await host.Newest(JobState.Finished)).RequestedBy);
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Two_nights_are_compared_by_keyboard()
    {
        await using var host = await OperatorsHost.Start();
        string[] versions = await TwoNights(host);
        await using var tab = await host.SignedIn("olga", "/nights");
        var page = tab.Page;

        await Keys.Press(page, "main form button");
        await Expect(page.Locator("h1")).ToContainTextAsync("beside");
        await Expect(page.Locator("main")).ToContainTextAsync("Diversify:Lambda");
        await Keys.Press(page, $"a[href='/versions/{versions[1]}/changes?from={versions[0]}']");

        await Expect(page.Locator("main")).ToContainTextAsync("The most changed lists");
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Version_is_rolled_back_by_keyboard()
    {
        await using var host = await OperatorsHost.Start();
        string[] versions = await TwoNights(host);
        await using var tab = await host.SignedIn("olga", "/versions");
        var page = tab.Page;

        await Keys.Press(page, "a[href='/versions/rollback']");
        await Expect(page.Locator("main")).ToContainTextAsync("Would be current");
        await Keys.Press(page, "main form[method=post] button", "Space");
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");

        Assert.AreEqual(versions[0], host.Store.Current);
        tab.AssertNoComplaint();
    }

    private static async Task<string[]> TwoNights(OperatorsHost host)
    {
        var versions = new List<string>();
        foreach (string lambda in (string[])["0.2", "0.9"])
        {
            host.Scheduler.Trigger(new JobOrder("nightly", new() { ["Diversify:Lambda"] = lambda }), "clock");
            await host.Waited(() => host.Store.Current is { } now && !versions.Contains(now) ? now : null, "a version was published");
            await host.Newest(JobState.Finished);
            versions.Add(host.Store.Current!);
        }
        return [.. versions];
    }
}
