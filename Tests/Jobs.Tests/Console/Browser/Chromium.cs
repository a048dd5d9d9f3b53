using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Recsys.Batch.Jobs.Tests.Console.Browser;

/// <summary>A headless Chromium of its own, spoken to over the DevTools protocol.</summary>
internal sealed class Chromium : IAsyncDisposable
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly CancellationTokenSource _closing = new();
    private readonly SemaphoreSlim _sending = new(1);
    private readonly Dictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly Lock _gate = new();
    private int _last;
    private Task _reading = Task.CompletedTask;

    private Chromium(Process process, string profile) => (_process, _profile) = (process, profile);

    public event Action<string, string, JsonNode>? Happened;

    /// <summary>Where it is installed; null where it is not.</summary>
    public static string? Installed { get; } =
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => Names.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);

    /// <exception cref="AssertInconclusiveException">No browser is installed.</exception>
    public static async Task<Chromium> Start()
    {
        if (Installed is not { } program) throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");
        string profile = Directory.CreateTempSubdirectory("recsys-chromium-").FullName;
        var start = new ProcessStartInfo(program) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (string argument in (string[])
            [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--disable-extensions", "--disable-dev-shm-usage", "--mute-audio", "--hide-scrollbars",
                "--force-color-profile=srgb", $"--user-data-dir={profile}", "--remote-debugging-port=0", "about:blank"])
            start.ArgumentList.Add(argument);
        var process = Process.Start(start)!;
        var browser = new Chromium(process, profile);
        try
        {
            await browser.Connect();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    public async Task<BrowserPage> OpenPage()
    {
        var target = await Send("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var session = await Send("Target.attachToTarget", new JsonObject { ["targetId"] = target["targetId"]!.GetValue<string>(), ["flatten"] = true });
        // A tab's frame has the name of its target.
        var page = new BrowserPage(this, session["sessionId"]!.GetValue<string>(), target["targetId"]!.GetValue<string>());
        await page.Prepare();
        return page;
    }

    public async Task<JsonNode> Send(string method, JsonObject? parameters = null, string? session = null)
    {
        int id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waiting[id] = answer;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters ?? [] };
        if (session is not null) message["sessionId"] = session;
        await _sending.WaitAsync();
        try
        {
            await _socket.SendAsync(Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, true, _closing.Token);
        }
        finally
        {
            _sending.Release();
        }
        return await answer.Task.WaitAsync(Patience);
    }

    public async ValueTask DisposeAsync()
    {
        await _closing.CancelAsync();
        _socket.Dispose();
        try
        {
            if (!_process.HasExited) _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }
        catch (InvalidOperationException)
        {
            // It ended by itself in the meantime.
        }
        await _reading;
        _process.Dispose();
        for (int attempt = 0; attempt < 20; attempt++)
        {
            try
            {
                Directory.Delete(_profile, recursive: true);
                return;
            }
            catch (IOException)
            {
                // Its children may still write for a moment.
                await Task.Delay(100);
            }
        }
    }

    private async Task Connect()
    {
        const string Said = "DevTools listening on ";
        using var patience = new CancellationTokenSource(Patience);
        while (await _process.StandardError.ReadLineAsync(patience.Token) is { } line)
        {
            if (!line.StartsWith(Said, StringComparison.Ordinal)) continue;
            await _socket.ConnectAsync(new Uri(line[Said.Length..]), patience.Token);
            _reading = Task.Run(Read);
            // A full pipe would stop the browser.
            _ = _process.StandardError.ReadToEndAsync(_closing.Token).ContinueWith(t => t.Exception, TaskScheduler.Default);
            _ = _process.StandardOutput.ReadToEndAsync(_closing.Token).ContinueWith(t => t.Exception, TaskScheduler.Default);
            return;
        }
        throw new InvalidOperationException($"{_process.StartInfo.FileName} ended before it listened");
    }

    private async Task Read()
    {
        var buffer = new byte[1 << 16];
        var message = new MemoryStream();
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveAsync(buffer, _closing.Token);
                if (received.MessageType == WebSocketMessageType.Close) break;
                message.Write(buffer, 0, received.Count);
                if (!received.EndOfMessage) continue;
                Take(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            // The browser is going.
        }
        lock (_gate)
            foreach (var answer in _waiting.Values) answer.TrySetException(new InvalidOperationException("the browser is gone"));
    }

    private void Take(JsonNode message)
    {
        if (message["id"]?.GetValue<int>() is { } id)
        {
            TaskCompletionSource<JsonNode>? answer;
            lock (_gate) _waiting.Remove(id, out answer);
            if (message["error"] is { } error) answer?.TrySetException(new InvalidOperationException(error.ToJsonString()));
            else answer?.TrySetResult(message["result"]!);
            return;
        }
        if (message["sessionId"]?.GetValue<string>() is { } session) Happened?.Invoke(session, message["method"]!.GetValue<string>(), message["params"]!);
    }
}
