using System.Diagnostics;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace Recsys.Batch.Jobs.Tests.Scheduling.Hosts;

/// <summary>A host in a process of its own, as <c>serve --development</c> starts it, on a free port of this machine.</summary>
internal sealed class HostProcess : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "Recsys.Batch.Jobs.dll");

    private readonly Process _process;
    private readonly Channel<string> _out = Channel.CreateUnbounded<string>();
    private readonly StringWriter _log = new();

    private HostProcess(Process process)
    {
        _process = process;
        var log = TextWriter.Synchronized(_log);
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.ErrorDataReceived += (_, e) => log.WriteLine(e.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public HttpClient Client { get; private set; } = null!;

    public string Log => _log.ToString();

    public static async Task<HostProcess> Start(string config, string output, params IEnumerable<string> settings)
    {
        string[] arguments =
        [
            "exec", Program, "serve", "--json", "--development", "--urls", "http://127.0.0.1:0", "--config", config, "--out", output,
            .. settings.SelectMany(s => (string[])["--set", s]),
        ];
        var how = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } dotnet ? dotnet : "dotnet", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        how.Environment["DOTNET_EnableDiagnostics"] = "0";
        var host = new HostProcess(Process.Start(how)!);
        host.Client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(await host.Address()) };
        return host;
    }

    /// <summary>The console's form for a job, filled in: sent by what is returned, so that two hosts can be asked at once.</summary>
    /// <returns>The job's id.</returns>
    public async Task<Func<Task<string>>> Form(string job)
    {
        string page = await Client.GetStringAsync("/runs/start");
        string token = Regex.Match(page, "name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"").Groups[1].Value;
        return async () =>
        {
            using var form = new FormUrlEncodedContent([KeyValuePair.Create("Job", job), KeyValuePair.Create("__RequestVerificationToken", token)]);
            using var answer = await Client.PostAsync("/runs/start", form);
            Assert.AreEqual(HttpStatusCode.Redirect, answer.StatusCode, await answer.Content.ReadAsStringAsync() + Log);
            string to = answer.Headers.Location!.OriginalString;
            return Uri.UnescapeDataString(to[(to.LastIndexOf('/') + 1)..]);
        };
    }

    /// <summary>SIGKILL: nothing of the process runs any more.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>Sends a signal by its name, as <c>kill</c> takes it.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.AreEqual(0, kill.ExitCode);
    }

    public void Dispose()
    {
        Kill();
        Client?.Dispose();
        _process.Dispose();
        _log.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null) _out.Writer.TryComplete();
        else _out.Writer.TryWrite(line);
    }

    private async Task<string> Address()
    {
        var welcome = new System.Text.StringBuilder();
        await foreach (string line in _out.Reader.ReadAllAsync())
        {
            welcome.AppendLine(line);
            if (line == "}") break;
        }
        if (welcome.Length == 0) Assert.Fail("the host did not start: " + Log);
        using var document = JsonDocument.Parse(welcome.ToString());
        return document.RootElement.GetProperty("urls")[0].GetString()!;
    }
}
