using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Hangfire's dashboard under the host's sign-in and roles.</summary>
[TestClass]
public class HangfireDashboardTests
{
    private static readonly string[] Schedule = ["Schedules:tidy:Job=prune", "Schedules:tidy:Cron=0 3 1 1 *", "Schedules:tidy:Set:keep=3"];

    private static Task<TestHost> Host(params string[] more) => TestHost.Start(settings: [.. TestHost.Credentials, .. Schedule, .. more]);

    private static HttpRequestMessage Post(string page, string address, string job)
    {
        var form = new HttpRequestMessage(HttpMethod.Post, address) { Content = new FormUrlEncodedContent([KeyValuePair.Create("jobs[]", job)]) };
        form.Headers.Add(Meta(page, "csrf-header"), Meta(page, "csrf-token"));
        return form;
    }

    private static string Meta(string page, string name) => Regex.Match(page, $"<meta name=\"{name}\" content=\"([^\"]+)\"").Groups[1].Value;

    [TestMethod]
    public async Task A_stranger_is_led_to_the_sign_in_page_and_a_program_is_told()
    {
        await using var host = await Host();
        using var stranger = host.Client();
        stranger.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        foreach (string page in (string[])["/hangfire", "/hangfire/recurring", "/hangfire/jobs/details/1"])
        {
            using var answer = await stranger.GetAsync(page);
            Assert.AreEqual(HttpStatusCode.Redirect, answer.StatusCode);
            StringAssert.Contains(answer.Headers.Location!.ToString(), "/sign-in");
        }
        using var program = host.Client();
        Assert.AreEqual(HttpStatusCode.Unauthorized, (await program.GetAsync("/hangfire")).StatusCode);
    }

    [TestMethod]
    public async Task An_operator_triggers_requeues_and_deletes_with_its_own_buttons()
    {
        await using var host = await Host();
        using var olga = await host.SignedIn("olga");
        string page = await olga.GetStringAsync("/hangfire/recurring");
        StringAssert.Contains(page, "prune (schedule tidy), keep = 3");
        StringAssert.Contains(page, "<html lang=\"en\"");
        using (var done = await olga.SendAsync(Post(page, "/hangfire/recurring/trigger", "tidy")))
            Assert.AreEqual(HttpStatusCode.NoContent, done.StatusCode, await done.Content.ReadAsStringAsync());
        var scheduler = host.Services.GetRequiredService<IJobScheduler>();
        var asked = await Tests.Scheduling.JobHost.Waited(() => scheduler.Jobs(10).SingleOrDefault(), () => "a job");
        Assert.AreEqual(("olga", "prune (schedule tidy), keep = 3"), (asked.RequestedBy, asked.Order.ToString()));
        await Ended();

        using (var done = await olga.SendAsync(Post(page, $"/hangfire/jobs/actions/requeue/{asked.Id}", "")))
            Assert.AreEqual(HttpStatusCode.NoContent, done.StatusCode);
        await Ended();
        string details = await olga.GetStringAsync($"/hangfire/jobs/details/{asked.Id}");
        StringAssert.Contains(details, "prune (schedule tidy), keep = 3, asked by olga");
        StringAssert.Contains(details, "requeued by olga");
        StringAssert.Contains(details, $"href=\"/runs/asked/{asked.Id}\"");
        StringAssert.Contains(await olga.GetStringAsync($"/runs/asked/{asked.Id}"), $"/hangfire/jobs/details/{asked.Id}");
        using (var done = await olga.SendAsync(Post(page, $"/hangfire/jobs/actions/delete/{asked.Id}", "")))
            Assert.AreEqual(HttpStatusCode.NoContent, done.StatusCode);
        Assert.AreEqual("deleted by olga", scheduler.Job(asked.Id)!.Message);

        using var refused = await olga.SendAsync(Post(page, "/hangfire/recurring/remove", "tidy"));
        Assert.AreEqual(HttpStatusCode.Conflict, refused.StatusCode);
        StringAssert.Contains(await refused.Content.ReadAsStringAsync(), "belongs to the configuration");
        scheduler.Pause("tidy", "mia");
        StringAssert.Contains(await olga.GetStringAsync("/hangfire/recurring"), "prune (schedule tidy), keep = 3, paused by mia");

        Task<JobFacts> Ended() =>
            Tests.Scheduling.JobHost.Waited(() => scheduler.Job(asked.Id) is { State: JobState.Finished } job ? job : null, () => $"{scheduler.Job(asked.Id)}");
    }

    [TestMethod]
    public async Task A_viewer_sees_no_buttons_and_whatever_a_button_would_send_is_refused()
    {
        await using var host = await Host();
        using var vera = await host.SignedIn("vera");
        string page = await vera.GetStringAsync("/hangfire/recurring");
        StringAssert.Contains(page, "tidy");
        Assert.IsFalse(page.Contains("<button class=\"js-jobs-list-command", StringComparison.Ordinal), "there is a button");
        foreach (string command in (string[])[
            "/hangfire/recurring/trigger", "/hangfire/recurring/remove", "/hangfire/jobs/failed/requeue", "/hangfire/jobs/processing/delete",
            "/hangfire/jobs/actions/delete/1"])
        {
            using var refused = await vera.SendAsync(Post(page, command, "tidy"));
            Assert.AreEqual(HttpStatusCode.Forbidden, refused.StatusCode, command);
        }
        using (var figures = await vera.SendAsync(Post(page, "/hangfire/stats", ""))) Assert.AreEqual(HttpStatusCode.OK, figures.StatusCode);
        Assert.IsEmpty(host.Services.GetRequiredService<IJobScheduler>().Jobs(10));
    }

    [TestMethod]
    public async Task A_command_without_the_pages_token_or_from_another_site_is_refused()
    {
        await using var host = await Host();
        using var olga = await host.SignedIn("olga");
        string page = await olga.GetStringAsync("/hangfire/recurring");
        using var bare = await olga.PostAsync("/hangfire/recurring/trigger", new FormUrlEncodedContent([KeyValuePair.Create("jobs[]", "tidy")]));
        Assert.AreEqual(HttpStatusCode.BadRequest, bare.StatusCode);
        using var foreign = Post(page, "/hangfire/recurring/trigger", "tidy");
        foreign.Headers.Add("Origin", "https://evil.example");
        Assert.AreEqual(HttpStatusCode.BadRequest, (await olga.SendAsync(foreign)).StatusCode);
        Assert.AreEqual(HttpStatusCode.MethodNotAllowed, (await olga.GetAsync("/hangfire/recurring/trigger")).StatusCode);
        Assert.IsEmpty(host.Services.GetRequiredService<IJobScheduler>().Jobs(10));
    }

    [TestMethod]
    public async Task Its_policy_allows_style_attributes_and_else_no_more_than_the_consoles()
    {
        await using var host = await Host();
        using var vera = await host.SignedIn("vera");
        using var own = await vera.GetAsync("/hangfire");
        using var console = await vera.GetAsync("/");
        string Policy(HttpResponseMessage answer) => answer.Headers.GetValues("Content-Security-Policy").Single();
        Assert.AreEqual(Policy(console), Policy(own).Replace("style-src-attr 'unsafe-inline'; ", "", StringComparison.Ordinal));
        Assert.AreEqual("DENY", own.Headers.GetValues("X-Frame-Options").Single());
        StringAssert.Contains(await console.Content.ReadAsStringAsync(), "href=\"/hangfire\"");
    }

    [TestMethod]
    public async Task On_PostgreSQL_pages_hide_the_connection_and_need_no_scheduler()
    {
        string[] store =
        [
            "Publish:Store=PostgreSql", $"Publish:Connection={PostgresServer.Connection}", $"Publish:Schema={PostgresServer.NewSchema()}",
            "Scheduler:Store=PostgreSql",
        ];
        await using var host = await Host(store);
        await using var web = await Host([.. store, "Serve:Roles:0=Web"]);
        using var olga = await web.SignedIn("olga");
        string recurring = await olga.GetStringAsync("/hangfire/recurring");
        StringAssert.Contains(recurring, "prune (schedule tidy)");
        foreach (string page in (string[])["/hangfire", "/hangfire/recurring", "/hangfire/servers"])
        {
            string text = await olga.GetStringAsync(page);
            Assert.IsFalse(
                text.Contains("never-shown", StringComparison.Ordinal) || text.Contains("recsys-pg-", StringComparison.Ordinal),
                $"{page} shows the connection");
        }
        using var done = await olga.SendAsync(Post(recurring, "/hangfire/recurring/trigger", "tidy"));
        Assert.AreEqual(HttpStatusCode.NoContent, done.StatusCode);
        var jobs = host.Services.GetRequiredService<IJobScheduler>();
        await Tests.Scheduling.JobHost.Waited(() => jobs.Jobs(1).SingleOrDefault(j => j.State == JobState.Finished), () => $"{jobs.Jobs(1).Single()}");
        Assert.IsFalse((host.Log + web.Log).Contains("never-shown", StringComparison.Ordinal), "the log shows the connection");
    }

    [TestMethod]
    public async Task A_host_without_jobs_to_show_has_no_dashboard_and_no_link_to_it()
    {
        await using var host = await Host("Serve:Roles:0=Web");
        using var vera = await host.SignedIn("vera");
        Assert.AreEqual(HttpStatusCode.NotFound, (await vera.GetAsync("/hangfire")).StatusCode);
        Assert.IsFalse((await vera.GetStringAsync("/")).Contains("/hangfire", StringComparison.Ordinal), "there is a link");
    }
}
