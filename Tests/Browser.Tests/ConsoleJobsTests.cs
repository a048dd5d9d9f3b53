using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>What operators do with jobs on the console, click by click.</summary>
[TestClass]
internal sealed class ConsoleJobsTests
{
    [TestMethod]
    [Timeout(300_000)]
    public async Task Night_is_started_watched_cancelled_amid_its_work_and_resumed()
    {
        using var hold = new ManualResetEventSlim();
        await using var host = await OperatorsHost.Start();
        host.AmidTraining = hold.Wait;
        await using var tab = await host.SignedIn("olga", "/runs/start");
        var page = tab.Page;
        await page.FillAsync("#settings", "Diversify:Lambda=0.4");
        await Press(page, "Start");

        await Expect(page.Locator("h1")).ToContainTextAsync(new Regex("Run #\\d+: running"));
        await Expect(page.Locator("tr", new() { HasText = "train" }).Locator("progress")).ToBeVisibleAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Diversify:Lambda = 0.4");
        string run = page.Url;
        await Press(page, "Cancel the run");
        await Expect(page.Locator("main")).ToContainTextAsync("The job is deleted.");
        await Expect(page.Locator("h1")).ToContainTextAsync("cancelled");
        Assert.IsNull(host.Store.Current);

        hold.Set();
        await Press(page, "Resume");
        await host.Newest(JobState.Finished);
        await page.GotoAsync(run);
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");
        await Expect(page.Locator("main")).ToContainTextAsync("attempt 2");
        Assert.HasCount(1, host.Runs.Runs(10));
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Attempt_that_is_to_come_is_tried_now_and_then_cancelled()
    {
        await using var host = await OperatorsHost.Start(settings: ["Schedules:night:Retries=1", "Schedules:night:RetryDelay=10:00:00"]);
        host.AmidTraining = _ => throw new RunFailedException("the model is not what it was");
        await using var tab = await host.SignedIn("olga", "/schedules");
        var page = tab.Page;
        await Press(page, "Run now");
        await Expect(page.Locator("h1")).ToContainTextAsync(new Regex("Run #\\d+: failed"));
        var job = await host.Newest(JobState.Scheduled);
        string run = page.Url;

        await page.ReloadAsync();
        await Expect(page.Locator("main")).ToContainTextAsync("Attempt 2 of 2 is to come");
        await Expect(page.Locator("main")).ToContainTextAsync("the model is not what it was");
        await Press(page, "Try now");
        await host.Waited(() => host.Runs.Runs(1)[0].Attempts == 2 ? "" : null, "it was tried again");
        Assert.AreEqual(job.Id, (await host.Newest(JobState.Scheduled)).Id);
        await page.GotoAsync(run);
        await Press(page, "Cancel the next attempt");
        await host.Newest(JobState.Deleted);
        host.AmidTraining = _ => { };
        await Press(page, "Resume");

        Assert.AreEqual(job.Id, (await host.Newest(JobState.Finished)).Id);
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Night_whose_logs_did_not_arrive_is_run_again_from_its_page()
    {
        await using var host = await OperatorsHost.Start();
        Directory.Move(host.LogFolder, host.LogFolder + "-late");
        await using var tab = await host.SignedIn("olga", "/schedules");
        var page = tab.Page;
        await Press(page, "Run now");
        await Expect(page.Locator("h1")).ToContainTextAsync("nightly: failed");
        await Expect(page.Locator("main")).ToContainTextAsync("log");
        await page.GotoAsync(host.Address + "/runs");
        await page.GetByRole(AriaRole.Link, new() { Name = "nightly", Exact = true }).ClickAsync();

        Directory.Move(host.LogFolder + "-late", host.LogFolder);
        await Press(page, "Run again");

        await Expect(page.Locator("h1")).ToContainTextAsync(new Regex("Run #\\d+: finished"));
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Schedule_is_paused_and_resumed_and_the_dashboard_says_so()
    {
        await using var host = await OperatorsHost.Start();
        await using var tab = await host.SignedIn("olga", "/schedules");
        var page = tab.Page;
        await Press(page, "Pause");
        await Expect(page.Locator("main")).ToContainTextAsync("Paused by olga");
        await Expect(page.Locator("main")).ToContainTextAsync("None while it is paused.");
        await page.GotoAsync(host.Address + "/hangfire/recurring");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("nightly (schedule night), paused by olga");

        await page.GotoAsync(host.Address + "/schedules");
        await Press(page, "Resume");
        await Expect(page.Locator("main")).ToContainTextAsync("night is active again");
        await page.GotoAsync(host.Address + "/hangfire/recurring");
        await Expect(page.Locator("tbody tr")).Not.ToContainTextAsync("paused");
        tab.AssertNoComplaint();
    }

    private static Task Press(IPage page, string button) => page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
}
