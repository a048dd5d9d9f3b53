using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recsys.Batch.Jobs.Telemetry;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>The exporter against an endpoint of these tests, which reads OTLP's protobuf by itself.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class OtlpExportTests
{
    private const string Secret = "Bearer rk_very-secret";

    private static TelemetryOptions Options(string endpoint, OtlpProtocol protocol = OtlpProtocol.HttpProtobuf) =>
        new() { OtlpEndpoint = endpoint, OtlpProtocol = protocol, ServiceName = "shop-of-test", OtlpHeaders = { ["Authorization"] = Secret } };

    [TestMethod]
    [DataRow(OtlpProtocol.HttpProtobuf)]
    [DataRow(OtlpProtocol.Grpc)]
    public async Task Spans_and_metrics_of_a_run_reach_a_collector(OtlpProtocol protocol)
    {
        string stage = $"otlp-{protocol}";
        await using var collector = await Collector.Start(protocol);
        await using (OtlpExport.Start(Options(collector.Address + "/", protocol), "node-1", failure => Assert.Fail(failure ?? ""))) MadeUpRun.Of(stage);

        string[] expected = protocol == OtlpProtocol.Grpc
            ? ["/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "/opentelemetry.proto.collector.trace.v1.TraceService/Export"]
            : ["/v1/metrics", "/v1/traces"];
        CollectionAssert.AreEquivalent(expected, collector.Paths.Distinct().ToArray());
        Assert.IsTrue(collector.Header("Authorization").All(h => h == Secret));
        var run = collector.Spans.Single(s => s.Attributes.GetValueOrDefault("recsys.run.id") is string id && id == "run-of-" + stage);
        var child = collector.Spans.Single(s => s.Name == $"stage {stage}");
        Assert.AreEqual("run nightly", run.Name);
        Assert.AreEqual("", run.ParentId);
        Assert.AreEqual((run.TraceId, run.SpanId), (child.TraceId, child.ParentId));
        Assert.AreEqual((RunTelemetry.Name, (ulong)ActivityStatusCode.Ok), (child.Scope, child.Status));
        Assert.IsTrue(run.Start <= child.Start && child.Start <= child.End && child.End <= run.End);
        Assert.AreEqual(280.0, child.Attributes["recsys.metric.ingest.rows"]);
        Assert.AreEqual(1_000L, child.Attributes["recsys.output_bytes"]);
        IsThisProcess(child.Resource);

        var seconds = collector.Points.Single(p => p.Name == "recsys.stage.duration" && p.Attributes["stage"] is string s && s == stage);
        Assert.AreEqual(("s", 3.0, 1UL, 21_600.0), (seconds.Unit, seconds.Value, seconds.Count, seconds.Bounds[^1]));
        IsThisProcess(seconds.Resource);
        Assert.AreEqual(280.0, collector.Points.Single(p => p.Name == "recsys.stage.rows" && p.Attributes["stage"] is string s && s == stage).Value);
        Assert.IsTrue(collector.Points.Any(p => p.Name == "dotnet.process.memory.working_set"), "the runtime's meter goes along");
    }

    private static void IsThisProcess(Dictionary<string, object> resource)
    {
        Assert.AreEqual("shop-of-test", resource["service.name"]);
        Assert.AreEqual("node-1", resource["service.instance.id"]);
        StringAssert.Matches((string)resource["service.version"], new(@"^\d+\.\d+\.\d+"));
    }

    [TestMethod]
    [DataRow(OtlpProtocol.HttpProtobuf, "Response status code does not indicate success: 401 (Unauthorized).")]
    [DataRow(OtlpProtocol.Grpc, "it answered Unauthenticated")]
    public async Task A_collector_that_refuses_is_said_once_and_so_is_that_it_takes_again(OtlpProtocol protocol, string cause)
    {
        await using var collector = await Collector.Start(protocol);
        collector.Status = 401;
        var said = new ConcurrentQueue<string?>();
        await using var export = OtlpExport.Start(Options(collector.Address, protocol), "node-1", said.Enqueue)!;
        for (int i = 0; i < 3; i++)
        {
            MadeUpRun.Of("refused");
            Assert.IsFalse(export.Flush());
        }
        Assert.IsTrue(collector.Requests >= 6, "spans and metrics, three times");
        CollectionAssert.AreEqual(new[] { cause }, said.ToArray());

        collector.Status = 200;
        for (int i = 0; i < 3; i++)
        {
            MadeUpRun.Of("taken");
            export.Flush();
        }

        CollectionAssert.AreEqual(new[] { cause, null }, said.ToArray());
    }

    [TestMethod]
    public async Task A_collector_that_never_answers_keeps_nobody_for_long()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var export = OtlpExport.Start(Options($"http://{silent.LocalEndpoint}"), "node-1", _ => { })!;
        var watch = Stopwatch.StartNew();
        MadeUpRun.Of("silent");
        Assert.IsTrue(watch.Elapsed < TimeSpan.FromSeconds(1), "a run does not wait");

        await export.DisposeAsync();

        Assert.IsTrue(watch.Elapsed < TimeSpan.FromSeconds(9), $"{watch.Elapsed}");
    }

    [TestMethod]
    public async Task A_redirect_does_not_carry_the_headers_away()
    {
        await using var elsewhere = await Collector.Start();
        await using var collector = await Collector.Start();
        (collector.Status, collector.Redirect) = (307, elsewhere.Address);
        await using (OtlpExport.Start(Options(collector.Address), "node-1", _ => { })) MadeUpRun.Of("redirected");

        Assert.AreNotEqual(0, collector.Requests);
        Assert.AreEqual(0, elsewhere.Requests);
    }

    [TestMethod]
    public async Task The_librarys_own_variables_change_nothing()
    {
        Environment.SetEnvironmentVariable("OTEL_SERVICE_NAME", "another");
        Environment.SetEnvironmentVariable("OTEL_RESOURCE_ATTRIBUTES", "service.instance.id=another");
        Environment.SetEnvironmentVariable("OTEL_SDK_DISABLED", "true");
        try
        {
            await using var collector = await Collector.Start();
            await using (OtlpExport.Start(Options(collector.Address), "node-1", _ => { })) MadeUpRun.Of("variables");

            IsThisProcess(collector.Spans.Single(s => s.Name == "stage variables").Resource);
        }
        finally
        {
            foreach (string name in (string[])["OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES", "OTEL_SDK_DISABLED"])
                Environment.SetEnvironmentVariable(name, null);
        }
    }

    [TestMethod]
    public void A_header_is_read_from_where_the_option_points()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, Secret + "\n");
        Environment.SetEnvironmentVariable("RECSYS_TEST_OTLP_HEADER", "from the environment");
        try
        {
            var read = OtlpHeaders.Read(
                new TelemetryOptions { OtlpHeaders = { ["a"] = "env:RECSYS_TEST_OTLP_HEADER", ["b"] = "file:" + file, ["c"] = "plain, with=signs%20" } });
            CollectionAssert.AreEqual(new[] { "from the environment", Secret, "plain, with=signs%20" }, read.Select(h => h.Value).ToArray());
        }
        finally
        {
            File.Delete(file);
            Environment.SetEnvironmentVariable("RECSYS_TEST_OTLP_HEADER", null);
        }
    }

    [TestMethod]
    [DataRow(
        "env:RECSYS_TEST_NO_SUCH_VARIABLE",
        "names the environment variable RECSYS_TEST_NO_SUCH_VARIABLE, which is not set; expected a header's value: one line of ASCII in it")]
    [DataRow(
        "file:/nowhere/at/all",
        "names the file /nowhere/at/all, which cannot be read (DirectoryNotFoundException); expected a header's value: one line of ASCII in it")]
    [DataRow("two\nlines", "holds what cannot be sent; expected a header's value: one line of ASCII")]
    [DataRow("", "is empty; expected a header's value: one line of ASCII")]
    public void A_header_that_is_not_there_is_said_with_its_key(string option, string message)
    {
        var error = Assert.ThrowsExactly<ConfigurationException>(
            () => OtlpExport.Start(new TelemetryOptions { OtlpEndpoint = "http://localhost:4318", OtlpHeaders = { ["X-Key"] = option } }, "node-1", _ => { }));

        Assert.AreEqual($"Telemetry:OtlpHeaders:X-Key {message}", error.Message);
    }
}
