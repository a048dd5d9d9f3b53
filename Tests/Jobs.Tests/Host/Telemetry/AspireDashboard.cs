using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Telemetry;

namespace Recsys.Batch.Jobs.Tests.Host.Telemetry;

/// <summary>A collector of Microsoft's, on free ports of this machine, that lets in who sends its key and answers with the spans that it took.</summary>
internal sealed partial class AspireDashboard : IAsyncDisposable
{
    public const string KeyHeader = "x-otlp-api-key";
    public const string Key = "rk_of-the-dashboard";

    private readonly Process _process;
    private readonly HttpClient _client;
    private readonly Dictionary<string, string> _addresses;

    private AspireDashboard(Process process, Dictionary<string, string> addresses)
    {
        (_process, _addresses) = (process, addresses);
        _client = new HttpClient { BaseAddress = new Uri(addresses["Now"]) };
    }

    public string Address(OtlpProtocol protocol) => _addresses[protocol == OtlpProtocol.Grpc ? "OTLP/gRPC" : "OTLP/HTTP"];

    /// <exception cref="AssertInconclusiveException">It is not installed.</exception>
    public static async Task<AspireDashboard> Start()
    {
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        string home = Path.Combine(cache, "aspire.dashboard.sdk.linux-x64");
        string? program = Directory.Exists(home)
            ? Directory.EnumerateFiles(home, "Aspire.Dashboard", SearchOption.AllDirectories).Order(StringComparer.Ordinal).LastOrDefault()
            : null;
        if (program is null) throw new AssertInconclusiveException("the Aspire dashboard is not installed; on Linux: dotnet restore Tests/RealCollector");
        var start =
            new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetDirectoryName(program) };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = "http://127.0.0.1:0",
            ["ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL"] = "http://127.0.0.1:0",
            ["ASPIRE_DASHBOARD_TELEMETRY_OPTOUT"] = "true",
            ["Dashboard__Otlp__AuthMode"] = "ApiKey",
            ["Dashboard__Otlp__PrimaryApiKey"] = Key,
            ["Dashboard__Frontend__AuthMode"] = "Unsecured",
            ["Dashboard__Api__Enabled"] = "true",
            ["Dashboard__Api__AuthMode"] = "Unsecured",
        }) start.Environment[name] = value;
        var process = Process.Start(start)!;
        _ = process.StandardError.ReadToEndAsync();
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal);
        var said = new List<string>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (addresses.Count < 3)
        {
            string? line = await process.StandardOutput.ReadLineAsync(patience.Token);
            if (line is null) Assert.Fail(string.Join('\n', said));
            said.Add(line!);
            if (Listening().Match(line!) is { Success: true } match) addresses[match.Groups[1].Value] = match.Groups[2].Value;
        }
        // A full pipe would stop it.
        _ = process.StandardOutput.ReadToEndAsync();
        return new AspireDashboard(process, addresses);
    }

    /// <summary>The spans that it holds, as its own JSON has them.</summary>
    public async Task<List<(string Name, string SpanId, string? ParentId, string Resource)>> Spans()
    {
        using var answer = JsonDocument.Parse(await _client.GetStringAsync("/api/telemetry/spans"));
        return [.. from resource in answer.RootElement.GetProperty("data").GetProperty("resourceSpans").EnumerateArray()
                   from scope in resource.GetProperty("scopeSpans").EnumerateArray()
                   from span in scope.GetProperty("spans").EnumerateArray()
                   select (
                       span.GetProperty("name").GetString()!, span.GetProperty("spanId").GetString()!,
                       span.TryGetProperty("parentSpanId", out var parent) ? parent.GetString() : null, resource.GetProperty("resource").GetRawText())];
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    [GeneratedRegex("(Now|OTLP/gRPC|OTLP/HTTP) listening on: (http://\\S+)")]
    private static partial Regex Listening();
}
