using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Storage;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>What operators do with jobs on Hangfire's dashboard, click by click.</summary>
[TestClass]
internal sealed class DashboardJobsTests
{
    [TestMethod]
    [DataRow(OutputEngine.Sqlite)]
    [DataRow(OutputEngine.PostgreSql)]
    [Timeout(300_000)]
    public async Task Night_is_triggered_watched_deleted_amid_its_work_and_requeued(OutputEngine store)
    {
        using var hold = new ManualResetEventSlim();
        await using var host = await OperatorsHost.Start(store);
        host.AmidTraining = hold.Wait;
        await using var tab = await host.SignedIn("olga", "/hangfire/recurring");
        var page = tab.Page;
        await tab.Picture("hangfire-recurring");
        await Trigger(page, "night");
        var job = await host.AtWork();

        await page.GotoAsync(host.Address + "/hangfire/jobs/processing");
        await page.GetByRole(AriaRole.Link, new() { Name = "nightly (schedule night)" }).ClickAsync();
        await Expect(page.Locator("#recsys-run")).ToContainTextAsync("nightly (schedule night), asked by olga, attempt 1 of 1");
        await Expect(page.Locator("#recsys-run")).ToContainTextAsync("Stage train");
        await tab.Picture("hangfire-job");
        string jobsPage = page.Url;
        await page.ClickAsync("[data-ajax*='/actions/delete/']");
        await Expect(page.Locator("body")).ToContainTextAsync("deleted by olga");
        await page.ClickAsync("#recsys-run a");
        await Expect(page.Locator("h1")).ToContainTextAsync(new Regex("Run #\\d+: cancelled"));
        Assert.IsNull(host.Store.Current);

        hold.Set();
        await page.GetByRole(AriaRole.Link, new() { Name = "Hangfire job" }).ClickAsync();
        await Expect(page).ToHaveURLAsync(jobsPage);
        await page.ClickAsync("[data-ajax*='/actions/requeue/']");
        await Expect(page.Locator("body")).ToContainTextAsync("requeued by olga");
        Assert.AreEqual(job.RunId, (await host.Newest(JobState.Finished)).RunId);
        await page.GotoAsync(host.Address + "/hangfire/jobs/succeeded");
        await Expect(page.Locator("a.job-method")).ToHaveTextAsync("nightly (schedule night)");
        await page.GotoAsync($"{host.Address}/runs/{job.RunId}");
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");
        await Expect(page.Locator("main")).ToContainTextAsync("attempt 2");
        tab.AssertNoComplaint();
        Assert.IsFalse(host.Log.Contains(" error ", StringComparison.Ordinal), host.Log);
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Retry_is_enqueued_and_failed_night_requeued_by_their_buttons()
    {
        await using var host = await OperatorsHost.Start(
            settings: [
                "Schedules:patient:Job=nightly", "Schedules:patient:Cron=30 2 29 2 *", "Schedules:patient:Retries=1",
                "Schedules:patient:RetryDelay=10:00:00"]);
        host.AmidTraining = _ => throw new RunFailedException("the model is not what it was");
        await using var tab = await host.SignedIn("olga", "/hangfire/recurring");
        var page = tab.Page;
        await Trigger(page, "patient");
        var job = await host.Newest(JobState.Scheduled);

        await page.GotoAsync(host.Address + "/hangfire/retries");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("Retry attempt 1 of 1: the model is not what it was");
        await Press(page, "Enqueue jobs");
        var failed = await host.Newest(JobState.Scheduled, JobState.Failed);
        // Asked for by a person, it has its retries again.
        Assert.AreEqual((JobState.Scheduled, job.Id), (failed.State, failed.Id));
        await page.GotoAsync(host.Address + "/hangfire/jobs/scheduled");
        await Press(page, "Delete selected");
        await host.Newest(JobState.Deleted);

        await page.GotoAsync(host.Address + "/hangfire/recurring");
        await Trigger(page, "night");
        job = await host.Newest(JobState.Failed);
        await page.GotoAsync(host.Address + "/hangfire/jobs/failed");
        await Expect(page.Locator(".js-jobs-list")).ToContainTextAsync("the model is not what it was");
        host.AmidTraining = _ => { };
        await Press(page, "Requeue jobs");

        Assert.AreEqual(job.Id, (await host.Newest(JobState.Finished)).Id);
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Pause_shows_and_removing_a_schedule_is_refused_with_words()
    {
        await using var host = await OperatorsHost.Start();
        host.Scheduler.Pause("night", "otto");
        await using var tab = await host.SignedIn("olga", "/hangfire");
        var page = tab.Page;
        await Expect(page.Locator("canvas")).ToHaveCountAsync(2);
        await Expect(page.Locator("canvas").First).ToHaveCSSAsync("display", "block");
        await tab.Picture("hangfire-home");
        await page.ClickAsync(".navbar-right a");
        await Expect(page).ToHaveURLAsync(host.Address + "/");
        await page.ClickAsync("nav a[href='/hangfire']");
        await page.GotoAsync(host.Address + "/hangfire/recurring");
        await Expect(page.Locator("tbody tr")).ToContainTextAsync("nightly (schedule night), paused by otto");
        tab.AssertNoComplaint();

        // The button is out of sight; the browser notes the answer's status besides.
        await Expect(page.Locator("[data-url$='/recurring/remove']")).ToBeHiddenAsync();
        await page.CheckAsync("input[name='jobs[]']");
        await page.Locator("[data-url$='/recurring/remove']").EvaluateAsync("b => b.click()");
        await Expect(page.Locator(".recsys-refusal")).ToContainTextAsync("belongs to the configuration");
        await tab.Picture("hangfire-refusal");
    }

    /// <summary>Chooses a schedule on the page of recurring jobs and presses its button.</summary>
    public static Task Trigger(IPage page, string schedule) => Press(page, $"input[value='{schedule}']", "Trigger now");

    /// <summary>Chooses the one job of a list and presses a button of the list's.</summary>
    private static Task Press(IPage page, string button) => Press(page, "input[name='jobs[]']", button);

    /// <summary>
    /// Hangfire's script posts and then loads the page again. Who goes to another page before that has their
    /// own navigation aborted by it, so the page's second load is waited for, not the post's answer.
    /// </summary>
    private static async Task Press(IPage page, string box, string button)
    {
        var loaded = new TaskCompletionSource();
        page.Load += Note;
        await page.CheckAsync(box);
        await page.GetByRole(AriaRole.Button, new() { Name = button }).ClickAsync();
        await loaded.Task.WaitAsync(TimeSpan.FromSeconds(60));
        page.Load -= Note;

        void Note(object? sender, IPage loadedPage) => loaded.TrySetResult();
    }
}
