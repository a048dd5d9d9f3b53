using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs.Ledger;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>A bad morning: a gate has refused the night. Looked into, decided and done by the keyboard alone.</summary>
[TestClass]
internal sealed class AcceptOnceTests
{
    [TestMethod]
    [Timeout(300_000)]
    public async Task Refused_night_is_accepted_once_by_keyboard_and_the_reason_kept()
    {
        await using var host = await OperatorsHost.Start(settings: ["ListsGate:CoverageFail=1", "Diversify:ListLength=1", "Train:Algorithm=popularity"]);
        host.Scheduler.TriggerSchedule("night", "clock");
        var refused = await host.Newest(JobState.Refused);
        await using var tab = await host.SignedIn("olga", $"/runs/{refused.RunId}");
        var page = tab.Page;
        await Expect(page.Locator("#decision")).ToBeVisibleAsync();
        await Expect(page.Locator(".decided")).ToContainTextAsync("ListsGate:CoverageFail");
        await Expect(page.Locator("main")).ToContainTextAsync("Published lists stay as they were.");
        Assert.IsFalse(Regex.IsMatch(await page.InnerTextAsync("main"), @"\d\.\d{7,}"), "no figure of more than six digits");
        Assert.AreEqual("", string.Join('\n', [.. await PageAudit.Of(page), .. await Axe.Of(page)]));
        await tab.Picture("decision-1440");

        await Keys.TabTo(page, "#reason");
        await page.Keyboard.TypeAsync("a small shop <b>of</b> few items");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.PressAsync("Enter");
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");

        Assert.IsNotNull(host.Store.Current);
        await Expect(page.Locator("main")).ToContainTextAsync("accepted this once: a small shop <b>of</b> few items");
        var entry = host.Operations.Audit(1, AuditActs.Accepted).Single();
        Assert.AreEqual(("olga", refused.RunId), (entry.By, entry.Subject));
        StringAssert.Contains(entry.Detail, "a small shop <b>of</b> few items");
        tab.AssertNoComplaint();

        string next = host.Scheduler.Trigger(new JobOrder("nightly", new() { ["Diversify:Lambda"] = "0.9" }), "olga");
        var judged = await host.Waited(() => host.Scheduler.Job(next) is { IsOpen: false } job ? job : null, "it ended");
        Assert.AreEqual(JobState.Refused, judged.State, "the next night is judged as before");
    }
}
