using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Benchmarks.Api;

/// <summary>A host with one key, in a process of its own.</summary>
internal sealed class ServingProcess : IDisposable
{
    private readonly Process _process;

    private ServingProcess(Process process, string key, int port) => (_process, Key, Port) = (process, key, port);

    public string Key { get; }

    public int Port { get; }

    /// <summary>What the host has taken of the processors so far.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ServingProcess> Start(PublishOptions options)
    {
        string key = ApiKey.Create();
        var how = new ProcessStartInfo(Environment.ProcessPath is { } p && Path.GetFileNameWithoutExtension(p) == "dotnet" ? p : "dotnet")
        {
            RedirectStandardOutput = true,
        };
        foreach (string argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "Recsys.Batch.Jobs.dll"), "serve", "--json", "--urls", "http://127.0.0.1:0",
            "--set", "Serve:Roles:0=Web", "--set", "Serve:ApiKeys:0:Name=load", "--set", $"Serve:ApiKeys:0:KeyHash={ApiKey.Hash(key)}",
            "--set", $"Publish:Path={options.Path}", "--set", $"Publish:Store={options.Store}", "--set",
            $"Publish:Schema={options.Schema}"]) how.ArgumentList.Add(argument);
        if (options.Connection is { } connection) how.Environment["RECSYS_Publish__Connection"] = connection;
        var process = Process.Start(how)!;
        var said = new System.Text.StringBuilder();
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            said.AppendLine(line);
            if (line == "}") break;
        }
        if (said.Length == 0) throw new InvalidOperationException("the host did not start; it says why above");
        using var welcome = JsonDocument.Parse(said.ToString());
        var url = new Uri(welcome.RootElement.GetProperty("urls")[0].GetString()!);
        return new ServingProcess(process, key, url.Port);
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"process {_process.Id}, port {Port}");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
