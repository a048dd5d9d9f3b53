using Recsys.Batch.Jobs.Telemetry;
using Recsys.Batch.Jobs.Tests.Night;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>A night against a collector that knows nothing of us. It keeps metrics to its pages: that it took them is all that is seen here.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class RealCollectorTests
{
    private static AspireDashboard s_dashboard = null!;

    [ClassInitialize]
    public static async Task Start(TestContext _) => s_dashboard = await AspireDashboard.Start();

    [ClassCleanup]
    public static async Task Stop()
    {
        if (s_dashboard is not null) await s_dashboard.DisposeAsync();
    }

    [TestMethod]
    [DataRow(OtlpProtocol.HttpProtobuf)]
    [DataRow(OtlpProtocol.Grpc)]
    public async Task A_night_is_a_trace_with_its_stages_and_nothing_is_refused(OtlpProtocol protocol)
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        var called = await shop.Run(
            "run", "nightly", "--set", $"Telemetry:OtlpEndpoint={s_dashboard.Address(protocol)}", "--set", $"Telemetry:OtlpProtocol={protocol}",
            "--set", $"Telemetry:OtlpHeaders:{AspireDashboard.KeyHeader}={AspireDashboard.Key}", "--set", $"Telemetry:ServiceName=shop-by-{protocol}");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        Assert.AreEqual("", called.Error, "spans and metrics were taken");
        var spans = (await s_dashboard.Spans()).Where(s => s.Resource.Contains($"shop-by-{protocol}", StringComparison.Ordinal)).ToList();
        var run = spans.Single(s => s.Name == "run nightly");
        CollectionAssert.IsSubsetOf(
            new[] { "stage ingest", "stage train", "stage publish" }, spans.Where(s => s.ParentId == run.SpanId).Select(s => s.Name).ToList());
    }

    [TestMethod]
    [DataRow(OtlpProtocol.HttpProtobuf)]
    [DataRow(OtlpProtocol.Grpc)]
    public async Task With_another_key_a_night_ends_with_one_warning(OtlpProtocol protocol)
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());
        var called = await shop.Run(
            "run", "nightly", "--set", $"Telemetry:OtlpEndpoint={s_dashboard.Address(protocol)}", "--set", $"Telemetry:OtlpProtocol={protocol}", "--set",
            $"Telemetry:OtlpHeaders:{AspireDashboard.KeyHeader}=rk_another");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "401 (Unauthorized)");
        Assert.AreEqual(1, called.Error.TrimEnd().Split('\n').Length, called.Error);
        Assert.IsFalse(called.Error.Contains("rk_another", StringComparison.Ordinal));
    }
}
