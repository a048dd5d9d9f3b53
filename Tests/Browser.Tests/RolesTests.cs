using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Storage;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>Who may do what with jobs, and what comes of it when several do the same at once.</summary>
[TestClass]
internal sealed class RolesTests
{
    /// <summary>Posts what a button would, with the token of the page that is shown; the answer is its status.</summary>
    private const string Forge =
        """
        ([address, fields]) => {
          const form = document.querySelector('input[name=__RequestVerificationToken]');
          const body = new URLSearchParams(fields);
          const headers = {};
          if (form) body.set(form.name, form.value);
          else headers[document.querySelector('meta[name=csrf-header]').content] = document.querySelector('meta[name=csrf-token]').content;
          return fetch(address, { method: 'POST', body, headers, redirect: 'manual' }).then(a => a.status);
        }
        """;

    [TestMethod]
    [Timeout(300_000)]
    public async Task Viewer_sees_jobs_but_no_buttons_and_is_refused_what_they_send()
    {
        using var hold = new ManualResetEventSlim();
        await using var host = await OperatorsHost.Start();
        host.AmidTraining = hold.Wait;
        await using var tab = await host.SignedIn("vera", "/hangfire");
        var page = tab.Page;
        host.Scheduler.TriggerSchedule("night", "otto");
        var job = await host.AtWork();

        foreach (string path in (string[])[
            "/hangfire/recurring", "/hangfire/jobs/processing", $"/hangfire/jobs/details/{job.Id}", "/hangfire/jobs/enqueued", "/hangfire/jobs/scheduled",
            "/hangfire/jobs/failed", "/hangfire/jobs/succeeded", "/hangfire/jobs/deleted", "/hangfire/retries"])
        {
            await page.GotoAsync(host.Address + path);
            await Expect(page.Locator("h1").First).ToBeVisibleAsync();
            await Expect(page.Locator(".js-page-container button, .js-page-container input, [data-ajax]")).ToHaveCountAsync(0);
        }
        foreach (string command in (string[])[
            "recurring/trigger", "recurring/remove", "jobs/enqueued/default/delete", "jobs/processing/delete", "jobs/processing/requeue",
            "jobs/scheduled/enqueue", "jobs/failed/requeue", $"jobs/actions/delete/{job.Id}", $"jobs/actions/requeue/{job.Id}"])
        {
            int status = await page.EvaluateAsync<int>(Forge, new object[] { "/hangfire/" + command, new[] { new[] { "jobs[]", job.Id } } });
            Assert.AreEqual(403, status, command);
        }

        foreach (string path in (string[])["/", "/runs", $"/runs/{job.RunId}", "/schedules", "/versions"])
        {
            await page.GotoAsync(host.Address + path);
            await Expect(page.Locator("h1")).ToBeVisibleAsync();
            await Expect(page.Locator("main form[method=post], main a[href='/runs/start']")).ToHaveCountAsync(0);
        }
        foreach (string command in (string[])[
            "/runs/start", $"/runs/{job.RunId}/cancel", $"/runs/{job.RunId}/resume", $"/runs/asked/{job.Id}/requeue", "/schedules/run", "/schedules/pause",
            "/schedules/resume", "/versions/rollback", "/versions/prune"])
        {
            int status = await page.EvaluateAsync<int>(Forge, new object[] { command, new[] { new[] { "name", "night" } } });
            Assert.AreEqual(403, status, command);
        }

        Assert.AreEqual(JobState.Running, host.Scheduler.Job(job.Id)!.State);
        Assert.IsFalse(host.Scheduler.Schedules()[0].Paused);
        hold.Set();
        await host.Newest(JobState.Finished);
        Assert.HasCount(1, host.Scheduler.Jobs(10));
    }

    [TestMethod]
    [DataRow(OutputEngine.Sqlite)]
    [DataRow(OutputEngine.PostgreSql)]
    [Timeout(300_000)]
    public async Task Clicks_on_both_pages_and_a_program_at_once_give_one_run(OutputEngine store)
    {
        using var hold = new ManualResetEventSlim();
        await using var host = await OperatorsHost.Start(store);
        host.AmidTraining = hold.Wait;
        await using var dashboard = await host.SignedIn("olga", "/hangfire/recurring");
        await using var console = await host.SignedIn("olga", "/schedules");
        await dashboard.Page.CheckAsync("input[value='night']");

        await Task.WhenAll(
            Task.Run(() => host.Scheduler.TriggerSchedule("night", "robot")),
            dashboard.Page.GetByRole(AriaRole.Button, new() { Name = "Trigger now" }).ClickAsync(),
            console.Page.GetByRole(AriaRole.Button, new() { Name = "Run now" }).ClickAsync());

        var jobs = await host.Waited(
            () => host.Scheduler.Jobs(10) is { Count: 3 } all && all.Count(j => j.State == JobState.Deleted) == 2 ? all : null, "two of three stand back");
        var working = jobs.Single(j => j.State == JobState.Running);
        foreach (var other in jobs.Where(j => j.State == JobState.Deleted))
            StringAssert.Matches(other.Message, new Regex($"^job {working.Id} on .* was doing this work already in run {working.RunId}$"));
        CollectionAssert.AreEquivalent(new[] { "olga", "olga", "robot" }, jobs.Select(j => j.RequestedBy).ToArray());
        hold.Set();
        await host.Waited(() => host.Scheduler.Job(working.Id) is { State: JobState.Finished } done ? done : null, "the night has finished");
        Assert.HasCount(1, host.Runs.Runs(10));
        Assert.HasCount(1, host.Store.Versions());
        dashboard.AssertNoComplaint();
        console.AssertNoComplaint();
    }
}
