using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Alerts;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Api;

[TestClass]
internal sealed class HealthAndMetricsTests
{
    private static async Task<(int Status, JsonElement Body)> Ready(TestHost host)
    {
        var (status, _, body) = await host.Raw("/health/ready", key: null);
        using var document = JsonDocument.Parse(Regex.Match(body, @"\{.*\}", RegexOptions.Singleline).Value);
        return (status, document.RootElement.Clone());
    }

    [TestMethod]
    public async Task A_host_is_alive_before_its_first_night_and_ready_with_new_lists_alone()
    {
        var time = new MovableTime();
        await using var host = await TestHost.Start(time, [.. TestHost.Credentials, "Serve:ReadyWithin=1.00:00:00"]);
        Assert.AreEqual(200, (await host.Raw("/health/live", key: null)).Status);
        var (before, body) = await Ready(host);
        Assert.AreEqual(503, before);
        Assert.AreEqual("ok", body.GetProperty("checks").GetProperty("database").GetString());
        Assert.AreEqual("nothing yet", body.GetProperty("checks").GetProperty("published").GetString());
        Assert.AreEqual(503, (await host.Raw("/v1/users/plain/recommendations")).Status);
        Assert.AreEqual(503, (await host.Raw("/v1/versions/current")).Status);

        SeededLists.Publish(host.Store, "v1", time.Now, ["plain"]);
        time.Now += TimeSpan.FromSeconds(2);
        Assert.AreEqual(200, (await Ready(host)).Status);

        time.Now += TimeSpan.FromDays(1);
        var (after, old) = await Ready(host);
        Assert.AreEqual(503, after);
        Assert.AreEqual("too old", old.GetProperty("checks").GetProperty("fresh").GetString());
    }

    [TestMethod]
    public async Task Page_probe_metrics_and_alert_have_one_meaning_of_fresh()
    {
        var time = new MovableTime();
        await using var host = await TestHost.Start(time, [.. TestHost.Credentials, "Alerts:CheckInterval=00:00:01"]);
        using var browser = host.Client(TestHost.ViewerKey);
        SeededLists.Publish(host.Store, "v1", time.Now, ["plain"]);
        var ledger = host.Services.GetRequiredService<IRunLedger>();
        var operations = host.Services.GetRequiredService<OperationsLedger>();
        async Task<string> Fresh() => (await Ready(host)).Body.GetProperty("checks").GetProperty("fresh").GetString()!;

        time.Now += TimeSpan.FromHours(25);
        ledger.Save(new LedgerRun("000002-x", "nightly", RunState.Finished, time.Now, time.Now, 1, 42, 1, "plan", "v1", null));
        time.Now += TimeSpan.FromHours(25);
        Assert.AreEqual("ok", await Fresh(), "an equal night has confirmed the lists");
        StringAssert.Contains(await browser.GetStringAsync("/"), "lists are up to date");

        time.Now += TimeSpan.FromHours(2);
        await host.Services.GetRequiredService<AlertWatch>().Look(default);
        Assert.AreEqual("stale", await Fresh());
        Assert.AreEqual(200, (await Ready(host)).Status, "stale lists are better than none");
        StringAssert.Contains(await browser.GetStringAsync("/"), "The published lists are stale");
        Assert.AreEqual("stale", operations.Alerts(10).Single().Kind);
        StringAssert.Contains((await host.Raw("/metrics")).Body, $"\nrecsys_published_renewed_age_seconds {27 * 3600}\n");

        time.Now += TimeSpan.FromDays(3);
        ledger.Save(new LedgerRun("000003-x", "nightly", RunState.Finished, time.Now, time.Now, 1, 42, 1, "plan", "v1", null));
        Assert.AreEqual("old", (await Ready(host)).Body.GetProperty("checks").GetProperty("data").GetString());
        StringAssert.Contains(await browser.GetStringAsync("/"), "their data are old");
    }

    [TestMethod]
    public async Task A_schema_of_a_newer_program_is_not_ready()
    {
        var time = new MovableTime();
        await using var host = await TestHost.Start(time);
        using (var connection = new Recsys.Batch.Pipeline.Storage.SqliteDatabase(Path.Combine(host.Folder, "out", "recsys.db")).Open())
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "UPDATE schema_versions SET version = 999 WHERE part = 'output'";
            command.ExecuteNonQuery();
        }

        var (status, body) = await Ready(host);

        Assert.AreEqual(503, status);
        StringAssert.StartsWith(body.GetProperty("checks").GetProperty("schema").GetString(), "of another program version");
    }

    [TestMethod]
    public async Task Metrics_are_in_prometheus_text_format_and_name_routes_not_ids()
    {
        await using var host = await TestHost.Start();
        SeededLists.Publish(host.Store, "v1", DateTimeOffset.UnixEpoch, ["plain", "secret-person"]);
        using var client = host.Client(TestHost.ViewerKey);
        for (int i = 0; i < 3; i++) await client.GetAsync("/v1/users/secret-person/recommendations");

        var answer = await client.GetAsync("/metrics");
        string text = await answer.Content.ReadAsStringAsync();

        Assert.AreEqual("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType!.ToString());
        var line = new Regex(
            @"^(# (HELP|TYPE) [a-zA-Z_:][a-zA-Z0-9_:]* .*|[a-zA-Z_:][a-zA-Z0-9_:]*(\{([a-zA-Z_][a-zA-Z0-9_]*=""([^""\\\n]|\\[\\""n])*"",?)*\})? "
            + @"(NaN|[+-]Inf|[-+0-9.eE]+))$");
        foreach (string l in text.TrimEnd('\n').Split('\n')) Assert.IsTrue(line.IsMatch(l), l);
        StringAssert.Contains(text, "\nrecsys_published_users 2\n");
        StringAssert.Contains(text, "# TYPE http_server_request_duration_seconds histogram\n");
        Assert.IsTrue(
            Regex.IsMatch(text, @"http_server_request_duration_seconds_count\{[^}]*http_route=""/v1/users/\{id\}/recommendations""[^}]*\} \d+"), text);
        Assert.IsFalse(text.Contains("secret-person", StringComparison.Ordinal));
        var families = Regex.Matches(text, "^# TYPE ([^ ]+)", RegexOptions.Multiline).Select(m => m.Groups[1].Value).ToList();
        CollectionAssert.AllItemsAreUnique(families);
    }
}
