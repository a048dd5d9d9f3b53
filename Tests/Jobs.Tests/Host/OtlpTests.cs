using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Host.Telemetry;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Tests.Host;

[TestClass]
public class OtlpTests
{
    [TestMethod]
    public async Task Spans_reach_a_collector_and_wait_while_it_is_busy()
    {
        const string RunId = "otlp-of-this-test";
        var bodies = new List<string>();
        int answer = 503;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var collector = builder.Build();
        collector.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            string body = await reader.ReadToEndAsync();
            lock (bodies) bodies.Add($"{context.Request.Path} {body}");
            context.Response.StatusCode = answer;
        });
        await collector.StartAsync();
        var facts = new HostFacts(false, "", "", "node-1", new ServeOptions());
        using var traces = new OtlpTraces(new TelemetryOptions { OtlpEndpoint = collector.Urls.First() }, facts, TimeProvider.System, NullLogger<OtlpTraces>.Instance);
        var run = new RunTelemetry(NoObserver.Instance);
        run.On(new RunStarted(RunId, "nightly", false, ["ingest"]));
        run.On(new StageStarted("ingest", 1, 1, "first run"));
        run.On(new StageFinished("ingest", TimeSpan.FromSeconds(1), 10));
        run.On(new RunEnded(new RunReport(RunId, "nightly", RunState.Finished, TimeSpan.FromSeconds(1), [], "v1", null)));

        await traces.Flush(default);
        answer = 200;
        await traces.Flush(default);
        int sent = bodies.Count;
        await traces.Flush(default);

        Assert.AreEqual(2, sent);
        Assert.IsTrue(bodies[1].StartsWith("/v1/traces ", StringComparison.Ordinal));
        using var json = JsonDocument.Parse(bodies[1]["/v1/traces ".Length..]);
        var spans = json.RootElement.GetProperty("resourceSpans")[0].GetProperty("scopeSpans")[0].GetProperty("spans").EnumerateArray().ToList();
        var root = spans.Single(s => s.GetProperty("attributes").EnumerateArray().Any(a => a.GetProperty("key").GetString() == "recsys.run.id" && a.GetProperty("value").GetProperty("stringValue").GetString() == RunId));
        Assert.AreEqual(32, root.GetProperty("traceId").GetString()!.Length);
        Assert.AreEqual((int)ActivityStatusCode.Ok, root.GetProperty("status").GetProperty("code").GetInt32());
        var child = spans.Single(s => s.TryGetProperty("parentSpanId", out var parent) && parent.GetString() == root.GetProperty("spanId").GetString());
        Assert.AreEqual("stage ingest", child.GetProperty("name").GetString());
        Assert.IsTrue(long.Parse(child.GetProperty("endTimeUnixNano").GetString()!, System.Globalization.CultureInfo.InvariantCulture) >= long.Parse(child.GetProperty("startTimeUnixNano").GetString()!, System.Globalization.CultureInfo.InvariantCulture));
    }
}
