using System.Net;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Pages over a shop whose every text is an attack, asked for as a browser does.</summary>
[TestClass]
[DoNotParallelize]
internal sealed partial class ConsolePagesTests
{
    private static HostileShop s_shop = null!;
    private static PageHost s_host = null!;

    [ClassInitialize]
    public static async Task Open(TestContext _)
    {
        s_shop = await HostileShop.Open();
        s_host = await PageHost.Start(s_shop.Output);
        s_host.Scheduler.Known["night & <b>day</b>"] = new ScheduleOptions { Job = JobNames.Nightly, Cron = "0 3 * * *" };
    }

    [ClassCleanup]
    public static async Task Close()
    {
        await s_host.DisposeAsync();
        s_shop.Dispose();
    }

    private static Visitor Visit(string role = "Operator") => new(s_host.Address, role);

    [TestMethod]
    public async Task Every_page_answers_and_text_of_the_data_stays_text()
    {
        using var visitor = Visit();
        foreach (string address in await PageAddresses.Of(s_host, visitor))
        {
            string page = await visitor.Page(address);
            StringAssert.Contains(page, "<h1", address);
            StringAssert.Contains(page, "<main", address);
            foreach (string attack in (string[])[HostileShop.Script, "<img src=x", "<svg onload", "<b>day", "<b>3</b>"])
                Assert.IsFalse(page.Contains(attack, StringComparison.Ordinal), $"{address} holds {attack}");
            foreach (string form in page.Split("<form method=\"post\"").Skip(1))
                StringAssert.Contains(form.Split("</form>")[0], "__RequestVerificationToken", $"{address} has a form without its token");
            string tags = QuotedValue().Replace(page, "\"\"");
            Assert.IsFalse(InlineCode().IsMatch(tags), $"{address} has code or style of its own: {InlineCode().Match(tags).Value}");
        }
        StringAssert.Contains(await visitor.Page("/lists/item?id=" + Uri.EscapeDataString(HostileShop.Script)), "&lt;script&gt;window.pwned=1");
    }

    [TestMethod]
    public void Every_figure_and_check_of_the_nights_has_a_sentence()
    {
        var runs = s_host.Ledger.Runs(20);
        string[] figures = [.. runs.SelectMany(r => s_host.Ledger.Metrics(r.RunId)).Select(m => m.Name)
            .Concat(s_host.Store.Versions().SelectMany(v => v.Metrics.Keys)).Distinct()];
        string[] checks = [.. runs.SelectMany(r => s_host.Ledger.Checks(r.RunId)).Select(c => $"{c.Result.Gate}/{c.Result.Name}").Distinct()];

        Assert.IsGreaterThan(100, figures.Length);
        Assert.IsGreaterThan(25, checks.Length);
        Assert.AreEqual("", string.Join(' ', figures.Where(f => MetricWords.Of(f) is null)));
        Assert.AreEqual("", string.Join(' ', checks.Where(c => CheckWords.Of(c.Split('/')[0], c.Split('/')[1]) is null)));
    }

    [TestMethod]
    public async Task Balance_shows_what_customers_clicked_and_what_the_next_night_does()
    {
        using var visitor = Visit();
        string page = await visitor.Page("/balance");

        StringAssert.Contains(page, "What customers clicked");
        Assert.AreEqual(3, Regex.Count(page, "for everybody"));
        StringAssert.Contains(page, "Effective users");
        Assert.IsTrue(page.Contains("The policy stays as it is", StringComparison.Ordinal) || page.Contains("The policy moves in", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_viewer_sees_no_action_and_is_refused_each_of_them()
    {
        using var viewer = Visit("Viewer");
        using var oper = Visit();
        string run = s_host.Ledger.Runs(1)[0].RunId;
        string token = await viewer.Token("/lists");
        foreach (string address in await PageAddresses.Of(s_host, oper))
        {
            if (PageAddresses.IsForOperators(address))
            {
                Assert.AreEqual(HttpStatusCode.Forbidden, (await viewer.Get(address)).StatusCode, address);
                continue;
            }
            string page = await viewer.Page(address);
            foreach (Match form in PostForms().Matches(page))
                Assert.IsTrue(form.Groups["to"].Value is "/sign-out" or "/lists", $"{address} offers a viewer {form.Groups["to"].Value}");
            Assert.IsFalse(page.Contains("/runs/start", StringComparison.Ordinal) || page.Contains("/versions/rollback", StringComparison.Ordinal), address);
        }
        int before = s_host.Scheduler.Triggered.Count;
        foreach (string action in (string[])[
            "/runs/start", $"/runs/{run}/cancel", $"/runs/{run}/resume", "/versions/rollback", "/versions/prune", "/schedules/pause", "/schedules/run"])
        {
            Assert.AreEqual(
                HttpStatusCode.Forbidden, (await viewer.Post(action, token, ("Job", "nightly"), ("version", "v"), ("keep", "1"))).StatusCode, action);
        }
        Assert.AreEqual(before, s_host.Scheduler.Triggered.Count);
    }

    [TestMethod]
    public async Task A_post_without_the_pages_token_changes_nothing()
    {
        using var visitor = Visit();
        await visitor.Page("/runs/start");
        int before = s_host.Scheduler.Triggered.Count;

        Assert.AreEqual(HttpStatusCode.BadRequest, (await visitor.Post("/runs/start", "", ("Job", "nightly"))).StatusCode);
        Assert.AreEqual(HttpStatusCode.BadRequest, (await visitor.Post("/schedules/run", "nonsense")).StatusCode);

        Assert.AreEqual(before, s_host.Scheduler.Triggered.Count);
    }

    [TestMethod]
    public async Task A_run_starts_with_its_parameters_and_a_line_that_is_none_is_explained()
    {
        using var visitor = Visit();
        string token = await visitor.Token("/runs/start");

        var refused = await visitor.Post("/runs/start", token, ("Job", "nightly"), ("Settings", "lambda 0.3"));
        StringAssert.Contains(await refused.Content.ReadAsStringAsync(), "expected Section:Key=value");
        var started = await visitor.Post(
            "/runs/start", token, ("Job", "nightly"), ("From", "train"), ("Settings", "Diversify:Lambda = 0.3\r\n\r\nRuns:Seed=7"));

        Assert.AreEqual(HttpStatusCode.Redirect, started.StatusCode);
        StringAssert.StartsWith(started.Headers.Location!.ToString(), "/runs/asked/");
        var request = s_host.Scheduler.Triggered[^1];
        Assert.AreEqual("nightly", request.Order.Job);
        Assert.AreEqual("Ada", request.RequestedBy);
        CollectionAssert.AreEquivalent(
            new[] { "Diversify:Lambda=0.3", "Runs:Seed=7", "from=train" }, request.Order.Parameters.Select(p => $"{p.Key}={p.Value}").ToArray());
    }

    [TestMethod]
    public async Task Roll_back_prune_and_schedules_reach_the_scheduler()
    {
        using var visitor = Visit();
        string confirm = await visitor.Page("/versions/rollback");
        StringAssert.Contains(confirm, "What changes for readers");
        string version = Regex.Match(confirm, "name=\"version\" value=\"([^\"]+)\"").Groups[1].Value;

        await visitor.Post("/versions/rollback", Visitor.TokenOf(confirm), ("version", version));
        Assert.AreEqual(version, s_host.Scheduler.Triggered[^1].Order.Parameters["version"]);
        Assert.AreEqual(JobNames.Rollback, s_host.Scheduler.Triggered[^1].Order.Job);
        await visitor.Post("/versions/prune", Visitor.TokenOf(confirm), ("keep", "2"));
        Assert.AreEqual("2", s_host.Scheduler.Triggered[^1].Order.Parameters["keep"]);

        string name = s_host.Scheduler.Known.Keys.Single();
        string token = await visitor.Token("/schedules");
        await visitor.Post("/schedules/pause", token, ("name", name));
        StringAssert.Contains(await visitor.Page("/schedules"), "Paused");
        await visitor.Post("/schedules/resume", token, ("name", name));
        Assert.IsFalse((await visitor.Page("/schedules")).Contains("Paused", StringComparison.Ordinal));
        await visitor.Post("/schedules/run", token, ("name", name));
        Assert.AreEqual(JobNames.Nightly, s_host.Scheduler.Triggered[^1].Order.Job);
        Assert.AreEqual(name, s_host.Scheduler.Triggered[^1].Order.Schedule, "its retries, time limit and followers apply");
    }

    [TestMethod]
    public async Task A_customers_id_stands_in_no_address_and_on_no_page()
    {
        using var visitor = Visit();
        var found = await visitor.Post("/lists", await visitor.Token("/lists"), ("user", "u07"));

        string address = found.Headers.Location!.ToString();
        StringAssert.StartsWith(address, "/lists/customer?who=");
        Assert.IsFalse(address.Contains("u07", StringComparison.Ordinal));
        string page = await visitor.Page(address);
        Assert.IsFalse(page.Contains("u07", StringComparison.Ordinal));
        StringAssert.Contains(page, "History");
        StringAssert.Contains(page, new Recsys.Batch.Jobs.Access.Pseudonyms(new UserHash(new byte[32])).Of("u07"));
        StringAssert.Contains(await visitor.Page("/lists/customer?who=forged"), "no longer valid");
        StringAssert.Contains(
            await (await visitor.Post("/lists", await visitor.Token("/lists"), ("user", "nobody"))).Content.ReadAsStringAsync(), "No customer of that id");
    }

    [TestMethod]
    public async Task A_run_at_work_is_followed_until_it_has_ended()
    {
        using var visitor = Visit();
        var now = TimeProvider.System.GetUtcNow();
        // Older than all others, so that no other test meets it as the newest.
        var run = new LedgerRun("000000-20200101T000000Z", "nightly", RunState.Running, now, null, 1, 42, 1, "hash", null, null);
        s_host.Ledger.Save(run);
        s_host.Ledger.Save(
            new LedgerStage(run.RunId, "train", StageState.Running, "h", "first run", null, now, 0, 0, null), new Dictionary<string, double>(), []);
        s_host.Operations.SaveProgress(new LedgerProgress(run.RunId, "train", "als", 3, 16, "iterations", 2, now));
        var order = new JobOrder("nightly", []);
        s_host.Operations.Save(order.ToRequest(run.RunId, "Ada", "host-a", "x-live"));
        s_host.Scheduler.Queue.Add(new JobFacts("x-live", order, JobState.Running, "Ada", now, RunId: run.RunId, Node: "host-a"));
        s_host.Operations.AppendLog(run.RunId, [new LedgerLogLine(0, now, "warning", "train", $"look: {HostileShop.Picture}")]);

        string page = await visitor.Page($"/runs/{run.RunId}");
        StringAssert.Contains(page, "Cancel the run");
        string live = await visitor.Page($"/runs/{run.RunId}/live");
        StringAssert.Contains(live, $"data-live=\"/runs/{run.RunId}/live\"");
        StringAssert.Contains(live, "als: 3 of 16 iterations");
        StringAssert.Contains(live, "Warning: look: &lt;img");
        await visitor.Post($"/runs/{run.RunId}/cancel", Visitor.TokenOf(page));
        CollectionAssert.Contains(s_host.Scheduler.Cancelled, ("x-live", "Ada"));

        s_host.Ledger.Save(run with { State = RunState.Cancelled, Ended = now });
        Assert.IsFalse((await visitor.Page($"/runs/{run.RunId}/live")).Contains("data-live=\"/", StringComparison.Ordinal));
        await visitor.Post($"/runs/{run.RunId}/resume", Visitor.TokenOf(page));
        Assert.AreEqual("nightly", s_host.Scheduler.Triggered[^1].Order.Job, "its job cannot be queued again: another one is");
        s_host.Scheduler.Queue[^1] = s_host.Scheduler.Queue[^1] with { State = JobState.Deleted };
        await visitor.Post($"/runs/{run.RunId}/resume", Visitor.TokenOf(page));
        CollectionAssert.Contains(s_host.Scheduler.Requeued, ("x-live", "Ada"));
    }

    [TestMethod]
    public async Task A_refused_night_says_which_check_with_both_values()
    {
        using var visitor = Visit();
        var refused = s_host.Ledger.Runs(10).Single(r => r.State == RunState.Refused);

        string page = await visitor.Page($"/runs/{refused.RunId}");

        StringAssert.Contains(page, "gate refused");
        StringAssert.Contains(page, "fail below 1");
        StringAssert.Contains(page, "Diversify:ListLength");
    }

    [TestMethod]
    public async Task What_does_not_exist_is_404_and_files_are_kept_by_their_hash_alone()
    {
        using var visitor = Visit();
        foreach (string address in (string[])[
            "/runs/nothing", "/versions/nothing", "/lists/item?id=nothing", "/runs/asked/nothing", "/quality/quarantine?run=nothing", "/assets/x/nothing.css",
            "/assets/x/../night.json"])
        {
            Assert.AreEqual(HttpStatusCode.NotFound, (await visitor.Get(address)).StatusCode, address);
        }
        string sheet = Regex.Match(await visitor.Page("/"), "href=\"(/assets/[^\"]+tokens.css)\"").Groups[1].Value;

        var kept = await visitor.Get(sheet);
        Assert.AreEqual("text/css", kept.Content.Headers.ContentType!.MediaType);
        StringAssert.Contains(kept.Headers.CacheControl!.ToString(), "immutable");
        Assert.IsTrue((await visitor.Get("/assets/another/css/tokens.css")).Headers.CacheControl!.NoCache);
    }

    [TestMethod]
    public async Task A_host_before_its_first_night_has_pages_that_say_so()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-empty-").FullName;
        await using (var host = await PageHost.Start(folder))
        {
            using var visitor = new Visitor(host.Address, "Operator");
            StringAssert.Contains(await visitor.Page("/"), "Nothing is published yet");
            foreach (string address in (string[])["/runs", "/quality", "/balance", "/lists", "/versions", "/versions/rollback", "/schedules"])
                await visitor.Page(address);
        }
        Directory.Delete(folder, recursive: true);
    }

    [GeneratedRegex("<script(?![^>]*\\ssrc=)[^>]*>|<[a-z][^<>]*\\s(style|on[a-z]+)=|<style", RegexOptions.IgnoreCase)]
    private static partial Regex InlineCode();

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex QuotedValue();

    [GeneratedRegex("<form method=\"post\"[^>]*action=\"(?<to>[^\"]+)")]
    private static partial Regex PostForms();
}
