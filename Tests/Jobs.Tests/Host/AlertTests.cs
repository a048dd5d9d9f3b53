using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Alerts;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Tests.Host;

[TestClass]
internal sealed class AlertTests
{
    private readonly MovableTime _time = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-alerts-").FullName;
    private readonly ConcurrentQueue<(string Body, Dictionary<string, string> Headers, string Path)> _posts = new();
    private readonly Queue<int> _answers = new();
    private readonly FakeScheduler _jobs = new(default);
    private OutputConnection _place = null!;
    private WebApplication _receiver = null!;

    [TestInitialize]
    public async Task Open()
    {
        _place = OutputConnection.OpenForServing(new PublishOptions { Path = _folder }, _time);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _receiver = builder.Build();
        _receiver.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            _posts.Enqueue((await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString()), context.Request.Path));
            context.Response.StatusCode = _answers.TryDequeue(out int status) ? status : 200;
            if (context.Response.StatusCode == 302) context.Response.Headers.Location = "/elsewhere";
        });
        await _receiver.StartAsync();
    }

    [TestCleanup]
    public async Task Close()
    {
        await _receiver.DisposeAsync();
        _place.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ZoneClock Zone { get; set; } = ZoneClock.Utc;

    private AlertWatch Watch(string node = "here", int tries = 4, params string[] urls)
    {
        var options = new AlertsOptions();
        foreach (string url in urls.Length > 0 ? urls : [_receiver.Urls.First() + "/hook"])
            options.Webhooks.Add(new WebhookOptions { Name = "chat", Url = url, Secret = "a secret", MaxAttempts = tries, Timeout = TimeSpan.FromMinutes(1) });
        var facts = new HostInfo(false, _folder, _folder, node, new ServeOptions { PublicUrl = "https://recsys.example/" });
        return new AlertWatch(
            new AlertRules(options, _place.Ledger, _place.Operations, _jobs, _place.Store, _time, Zone),
            new Webhooks(options, _time), options, _place.Operations, facts, _time, NullLogger<AlertWatch>.Instance);
    }

    /// <summary>A job that failed before it had a run.</summary>
    private void Job(string id, JobState state, string? message = null) =>
        _jobs.Queue.Insert(0, new JobFacts(id, new JobOrder("nightly", [], "night"), state, "schedule", _time.Now, _time.Now, message));

    private void Run(string id, RunState state, double? share = null, string job = "nightly", string? message = null, string? version = null)
    {
        _place.Ledger.Save(new LedgerRun(id, job, state, _time.Now, _time.Now, 1, 42, 1, "plan", version, message));
        if (share is not { } value) return;
        _place.Ledger.Save(
            new LedgerStage(id, "ingest", StageState.Finished, "hash", "reason", null, _time.Now, 1, 1, null), new Dictionary<string, double>(),
            [new ConstraintResult("data", "data.quarantine_share", ConstraintLevel.Pass, value, "anything", "")]);
    }

    private string Kinds() => string.Join(' ', _place.Operations.Alerts(100).Select(a => a.Kind).Order(StringComparer.Ordinal));

    [TestMethod]
    public async Task A_failure_or_refusal_on_any_host_is_told_once_with_a_link_to_its_run()
    {
        Run("000001-x", RunState.Failed, message: "the disk is full");
        Run("000002-x", RunState.Refused, message: "model gate refused");
        Run("000003-x", RunState.Finished);
        using var watch = Watch();

        await watch.Look(default);
        await watch.Look(default);

        Assert.AreEqual("failure refused", Kinds());
        Assert.AreEqual(2, _posts.Count);
        using var post = JsonDocument.Parse(_posts.First().Body);
        Assert.AreEqual("failure", post.RootElement.GetProperty("kind").GetString());
        Assert.AreEqual("https://recsys.example/runs/000001-x", post.RootElement.GetProperty("link").GetString());
        StringAssert.Contains(post.RootElement.GetProperty("text").GetString(), "the disk is full");
        Assert.IsTrue(_place.Operations.Alerts(10).All(a => a.Delivered));
    }

    [TestMethod]
    public async Task Of_two_hosts_one_tells()
    {
        Job("e1", JobState.Failed);
        using var first = Watch("first");
        using var second = Watch("second");

        await first.Look(default);
        Assert.AreEqual(0, (await second.Look(default)).Count);
        await first.StopAsync(default);
        await second.Look(default);

        Assert.AreEqual(1, _posts.Count);
    }

    [TestMethod]
    public async Task A_post_is_signed_over_its_time_and_body()
    {
        Job("e1", JobState.Failed);
        using var watch = Watch();
        await watch.Look(default);

        var (body, headers, _) = _posts.Single();
        string stamp = _time.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        Assert.AreEqual(stamp, headers["X-Recsys-Timestamp"]);
        Assert.AreEqual(
            "sha256=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes("a secret"), Encoding.UTF8.GetBytes($"{stamp}.{body}"))),
            headers["X-Recsys-Signature"]);
    }

    [TestMethod]
    public async Task A_busy_receiver_is_tried_again_and_one_that_refuses_is_not()
    {
        Job("e1", JobState.Failed);
        foreach (int status in (int[])[503, 500, 200]) _answers.Enqueue(status);
        using var watch = Watch();
        await watch.Look(default);
        Assert.AreEqual(3, _posts.Count);
        Assert.IsTrue(_place.Operations.Alerts(1)[0].Delivered);

        Job("e2", JobState.Failed);
        _answers.Enqueue(403);
        await watch.Look(default);
        Assert.AreEqual(4, _posts.Count);
        var refused = _place.Operations.Alerts(10).Single(a => !a.Delivered);
        Assert.AreEqual("chat: answered 403 (try 1 of 4)", refused.DeliveryMessage);
    }

    [TestMethod]
    public async Task A_redirect_is_not_followed()
    {
        Job("e1", JobState.Failed);
        _answers.Enqueue(302);
        using var watch = Watch();
        await watch.Look(default);

        Assert.AreEqual("/hook", _posts.Single().Path);
        Assert.AreEqual("chat: answered 302 (try 1 of 4)", _place.Operations.Alerts(1)[0].DeliveryMessage);
    }

    [TestMethod]
    public async Task What_cannot_be_reached_is_given_up_without_showing_the_address()
    {
        Job("e1", JobState.Failed);
        using var watch = Watch(tries: 2, urls: "http://127.0.0.1:1/token-in-the-path");
        await watch.Look(default);

        string message = _place.Operations.Alerts(1)[0].DeliveryMessage!;
        StringAssert.Contains(message, "could not be reached");
        StringAssert.Contains(message, "try 2 of 2");
        Assert.IsFalse(message.Contains("token", StringComparison.Ordinal), message);
    }

    [TestMethod]
    public async Task Lists_that_nobody_renewed_are_stale_and_it_is_said_again_later()
    {
        using var watch = Watch();
        await watch.Look(default);
        Assert.AreEqual("", Kinds(), "nothing was published yet");
        SeededLists.Publish(_place.Store, "v1", _time.Now, ["u1"], dataTo: "2026-03-01");
        _time.Now += TimeSpan.FromHours(20);
        Run("000001-x", RunState.Finished, version: "v1");
        _time.Now += TimeSpan.FromHours(25);
        await watch.Look(default);
        Assert.AreEqual("", Kinds(), "an equal night has confirmed them");

        Run("000002-x", RunState.Finished);
        _time.Now += TimeSpan.FromHours(2);
        await watch.Look(default);
        await watch.Look(default);
        Assert.AreEqual("stale", Kinds());
        _time.Now += TimeSpan.FromHours(26);
        await watch.Look(default);
        Assert.AreEqual("stale stale", Kinds());
        Run("000003-x", RunState.Finished, version: "v1");
        await watch.Look(default);
        Assert.AreEqual("stale stale", Kinds());
        StringAssert.Contains(_place.Operations.Alerts(1)[0].Text, "Its data end with 2026-03-01.");
    }

    [TestMethod]
    public async Task Night_that_is_later_than_usual_is_told_once_with_what_is_at_work()
    {
        Zone = ZoneClock.Of("Europe/Berlin");
        using var watch = Watch();
        SeededLists.Publish(_place.Store, "v1", _time.Now, ["u1"], dataTo: "2026-03-10");
        for (int night = 1; night <= 5; night++)
        {
            if (night > 1) _time.Now += TimeSpan.FromHours(24);
            Run($"00000{night}-x", RunState.Finished, version: "v1");
        }
        Run("000006-x", RunState.Failed, message: "the disk is full");
        _time.Now += TimeSpan.FromHours(24.9);
        await watch.Look(default);
        Assert.IsFalse(Kinds().Contains("late", StringComparison.Ordinal), Kinds());

        _time.Now += TimeSpan.FromHours(0.2);
        _place.Ledger.Save(new LedgerRun("000007-x", "nightly", RunState.Running, _time.Now, null, 1, 42, 1, "plan", null, null));
        await watch.Look(default);
        _time.Now += TimeSpan.FromHours(0.5);
        await watch.Look(default);
        var late = _place.Operations.Alerts(10).Single(a => a.Kind == "late");
        StringAssert.Contains(
            late.Text, "it was to end about 2026-03-06 07:00 Europe/Berlin; the last one ended 2026-03-05 07:00 Europe/Berlin. One has just begun.");
        Assert.AreEqual("000007-x", late.RunId);
    }

    [TestMethod]
    public async Task Data_that_grow_no_more_are_told_once_for_their_last_day()
    {
        using var watch = Watch();
        SeededLists.Publish(_place.Store, "v1", _time.Now, ["u1"]);
        for (int night = 1; night <= 5; night++)
        {
            _time.Now += TimeSpan.FromDays(1);
            Run($"00000{night}-x", RunState.Finished, version: "v1");
            await watch.Look(default);
        }
        Assert.AreEqual("data", Kinds());
        StringAssert.Contains(_place.Operations.Alerts(1)[0].Text, "end with 2026-02-28");

        SeededLists.Publish(_place.Store, "v2", _time.Now, ["u1"], dataTo: "2026-03-06");
        await watch.Look(default);
        Assert.AreEqual("data", Kinds());
    }

    [TestMethod]
    [DataRow(0.30, 1)]
    [DataRow(0.19, 0)]
    public async Task A_jump_of_quarantined_rows_is_told_against_the_nights_before(double share, int alerts)
    {
        foreach (var (before, night) in (ReadOnlySpan<(double, int)>)[(0.1, 1), (0.1, 2), (0.11, 3), (0.09, 4)])
        {
            Run($"00000{night}-x", RunState.Finished, before);
            _time.Now += TimeSpan.FromHours(24);
        }
        Run("000005-x", RunState.Finished, share);
        using var watch = Watch();
        await watch.Look(default);

        Assert.AreEqual(alerts, _place.Operations.Alerts(10).Count(a => a.Kind == "quarantine"));
        if (alerts > 0)
        {
            StringAssert.Contains(
                _place.Operations.Alerts(10).Single(a => a.Kind == "quarantine").Text,
                "30.0% of the new rows, against 10.0% in the median of the 4 nights before");
        }
    }

    [TestMethod]
    public async Task A_job_that_failed_before_its_run_is_told_and_a_retried_one_is_not()
    {
        Job("j1", JobState.Failed, "events.parquet: the file does not exist");
        Run("000002-x", RunState.Failed, message: "the disk is full");
        _place.Operations.Save(new JobOrder("nightly", []).ToRequest("000002-x", "schedule", "there", "j2"));
        Job("j2", JobState.Scheduled);
        using var watch = Watch();
        await watch.Look(default);
        StringAssert.Contains(_place.Operations.Alerts(10).Single().Text, "events.parquet");

        _jobs.Queue[0] = _jobs.Queue[0] with { State = JobState.Failed, RunId = "000002-x" };
        await watch.Look(default);
        Assert.AreEqual("failure failure", Kinds());
    }

    [TestMethod]
    public async Task What_failed_long_ago_is_history()
    {
        Job("e1", JobState.Failed);
        _time.Now += TimeSpan.FromDays(2);
        using var watch = Watch();
        await watch.Look(default);

        Assert.AreEqual("", Kinds());
    }
}
