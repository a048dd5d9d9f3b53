using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>What commands send to a collector, and say of one that is not there.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class TelemetryOfCommandsTests
{
    private const string Secret = "Bearer rk_very-secret";

    private static string Closed()
    {
        using var port = new TcpListener(IPAddress.Loopback, 0);
        port.Start();
        return $"http://127.0.0.1:{((IPEndPoint)port.LocalEndpoint).Port}";
    }

    private static async Task<Called> Night(string endpoint)
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes().Select(r => ((string?)$"customer-{r.User}", r.Item, r.Day, r.Quantity)));
        return await shop.Run("run", "nightly", "--set", $"Telemetry:OtlpEndpoint={endpoint}", "--set", $"Telemetry:OtlpHeaders:Authorization={Secret}");
    }

    [TestMethod]
    public async Task A_night_in_the_foreground_is_a_trace_that_names_no_user()
    {
        await using var collector = await Collector.Start();
        var called = await Night(collector.Address);

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        Assert.AreEqual("", called.Error);
        var run = collector.Spans.Single(s => s.Name == "run nightly");
        var stages = collector.Spans.Where(s => s.ParentId == run.SpanId).Select(s => s.Name).ToList();
        CollectionAssert.IsSubsetOf(new[] { "stage ingest", "stage train", "stage materialize", "stage publish" }, stages);
        Assert.AreEqual(collector.Spans.Count(), stages.Count + 1);
        Assert.IsTrue(collector.Points.Any(p => p is { Name: "recsys.run.duration", Count: 1, Value: > 0 }));
        Assert.IsFalse(collector.Raw.Contains("customer-u", StringComparison.Ordinal));
        Assert.IsTrue(collector.Header("Authorization").All(h => h == Secret));
    }

    [TestMethod]
    public async Task A_night_without_its_collector_is_a_night_with_one_warning()
    {
        var watch = Stopwatch.StartNew();
        var called = await Night(Closed());

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Matches(
            called.Error,
            new(
                @"^Warning: the collector of Telemetry:OtlpEndpoint did not take spans or metrics of this run\. "
                + @"Connection refused \(127\.0\.0\.1:\d+\)\r?\n$"));
        Assert.IsTrue(watch.Elapsed < TimeSpan.FromSeconds(60), $"{watch.Elapsed}");
    }

    [TestMethod]
    public async Task A_collector_that_wants_another_key_is_told_of_without_it()
    {
        await using var collector = await Collector.Start();
        collector.Status = 401;
        var called = await Night(collector.Address);

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "401 (Unauthorized)");
        Assert.IsFalse((called.Out + called.Error).Contains("very-secret", StringComparison.Ordinal));
    }

    [TestMethod]
    [DataRow("Telemetry:OtlpEndpoint=localhost:4318", "Telemetry:OtlpEndpoint is 'localhost:4318'; expected an address as http://localhost:4318")]
    [DataRow(
        "Telemetry:OtlpEndpoint=http://me:pass@localhost:4318",
        "Telemetry:OtlpEndpoint is 'an address with a password in it'; expected an address as http://localhost:4318; "
        + "what the collector wants to see goes into Telemetry:OtlpHeaders")]
    [DataRow("Telemetry:OtlpProtocol=Json", "Telemetry:OtlpProtocol is 'Json' (from --set); expected one of HttpProtobuf, Grpc")]
    [DataRow("Telemetry:OtlpHeaders:two words=x", "Telemetry:OtlpHeaders is 'two words'; expected the name of a request's header, as Authorization")]
    [DataRow("Telemetry:OtlpHeaders=Bearer rk_very-secret", "Telemetry:OtlpHeaders is '(hidden)' (from --set); expected keys with values below it")]
    [DataRow("Telemetry:ServiceName=", "Telemetry:ServiceName is ''; expected a name")]
    public async Task A_wrong_setting_is_said_before_anything_runs(string setting, string message)
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        var called = await shop.Run("run", "nightly", "--set", setting);

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.StartsWith(called.Error, message);
        Assert.IsFalse(called.Error.Contains("very-secret", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_host_sends_to_its_last_breath_as_the_node_it_is()
    {
        await using var collector = await Collector.Start();
        string log;
        await using (var host = await TestHost.Start(
            settings: [
                .. TestHost.Credentials, $"Telemetry:OtlpEndpoint={collector.Address}", $"Telemetry:OtlpHeaders:X-Key={Secret}",
                "Scheduler:Node=node-of-test"]))
        {
            SeededLists.Publish(host.Store, "v1", DateTimeOffset.UnixEpoch, ["plain", "secret-person"]);
            using var client = host.Client(TestHost.ViewerKey);
            await client.GetAsync("/v1/users/secret-person/recommendations");
            MadeUpRun.Of("of-host");
            log = host.Log;
        }

        Assert.AreEqual("node-of-test", collector.Spans.Single(s => s.Name == "stage of-host").Resource["service.instance.id"]);
        Assert.AreEqual(2.0, collector.Points.Single(p => p.Name == "recsys.published.users").Value);
        Assert.IsTrue(collector.Points.Any(p => p.Name == "http.server.request.duration" && p.Attributes["http.route"] is "/v1/users/{id}/recommendations"));
        Assert.IsFalse((collector.Raw + log).Contains("secret-person", StringComparison.Ordinal));
        Assert.IsFalse(log.Contains("very-secret", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_host_warns_once_of_a_collector_that_is_not_there()
    {
        var host = await TestHost.Start(settings: [.. TestHost.Credentials, $"Telemetry:OtlpEndpoint={Closed()}", $"Telemetry:OtlpHeaders:X-Key={Secret}"]);
        MadeUpRun.Of("unheard");
        await host.DisposeAsync();

        Assert.AreEqual(
            1,
            Regex.Count(host.Log, "warning TelemetryService: The collector of Telemetry:OtlpEndpoint does not take spans or metrics, .* Connection refused"),
            host.Log);
        Assert.IsFalse(host.Log.Contains("very-secret", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task A_host_whose_header_is_not_there_does_not_start()
    {
        var error = await Assert.ThrowsExactlyAsync<ConfigurationException>(() => TestHost.Start(
            settings: [
                .. TestHost.Credentials, "Telemetry:OtlpEndpoint=http://localhost:4318", "Telemetry:OtlpHeaders:X-Key=env:RECSYS_TEST_NO_SUCH_VARIABLE"]));

        StringAssert.StartsWith(error.Message, "Telemetry:OtlpHeaders:X-Key names the environment variable RECSYS_TEST_NO_SUCH_VARIABLE, which is not set");
    }
}
