using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recsys.Batch.Jobs.Tests.Console.Browser;

/// <summary>One tab. Whatever the browser complains of (script errors, content security policy, failed requests) gathers in <see cref="Complaints"/>.</summary>
internal sealed class BrowserPage
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Chromium _browser;
    private readonly string _session;
    private readonly List<string> _complaints = [];
    private readonly Lock _gate = new();
    private readonly PageLoads _loads;

    /// <param name="frame">The tab's own frame: what frames inside of a page load is not the page.</param>
    public BrowserPage(Chromium browser, string session, string frame)
    {
        (_browser, _session, _loads) = (browser, session, new PageLoads(frame));
        browser.Happened += (from, method, happened) =>
        {
            if (from == session) Take(method, happened);
        };
    }

    public IReadOnlyList<string> Complaints
    {
        get
        {
            lock (_gate) return [.. _complaints];
        }
    }

    public async Task Prepare()
    {
        foreach (string domain in (string[])["Page", "Runtime", "Log", "Network"]) await Send($"{domain}.enable");
        await Send("Page.setLifecycleEventsEnabled", new JsonObject { ["enabled"] = true });
        await Size(1440, 900);
    }

    public async Task Size(int width, int height, bool dark = false)
    {
        await Send(
            "Emulation.setDeviceMetricsOverride",
            new JsonObject { ["width"] = width, ["height"] = height, ["deviceScaleFactor"] = 1, ["mobile"] = width < 600 });
        await Send("Emulation.setEmulatedMedia", new JsonObject
        {
            ["features"] = new JsonArray(
                new JsonObject { ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light" },
                new JsonObject { ["name"] = "prefers-reduced-motion", ["value"] = "reduce" }),
        });
    }

    public Task Cookie(string address, string name, string value) =>
        Send("Network.setCookie", new JsonObject { ["url"] = address, ["name"] = name, ["value"] = value });

    /// <summary>Goes there and waits until the page and its scripts have loaded.</summary>
    public async Task Go(string address)
    {
        var answer = await Send("Page.navigate", new JsonObject { ["url"] = address });
        if (answer["errorText"]?.GetValue<string>() is { Length: > 0 } error) throw new InvalidOperationException($"{address}: {error}");
        if (answer["loaderId"]?.GetValue<string>() is { } loader) await _loads.Of(loader).WaitAsync(Patience);
    }

    /// <summary>Does something that leads to another page, and waits for it.</summary>
    public async Task Follow(string script)
    {
        var loaded = _loads.OfAnother();
        try
        {
            await Evaluate(script);
            await loaded.WaitAsync(Patience);
        }
        catch (Exception e) when (e is InvalidOperationException or TimeoutException)
        {
            throw new InvalidOperationException($"{e.Message} at {await Evaluate("location.href")}, where the page says: {await Text("body")}", e);
        }
    }

    public async Task<JsonNode?> Evaluate(string script)
    {
        var answer = await Send(
            "Runtime.evaluate", new JsonObject { ["expression"] = script, ["returnByValue"] = true, ["awaitPromise"] = true, ["userGesture"] = true });
        if (answer["exceptionDetails"] is { } failed) throw new InvalidOperationException($"{script}: {failed.ToJsonString()}");
        return answer["result"]?["value"];
    }

    public async Task<string> Text(string selector) =>
        (await Evaluate($"document.querySelector({JsonSerializer.Serialize(selector)})?.innerText ?? ''"))!.GetValue<string>();

    /// <summary>Waits until the script gives true; the page's text is in the message where it never does.</summary>
    public async Task Until(string script, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            // A page on its way to the next one has no context for a moment.
            bool holds = false;
            try
            {
                holds = (await Evaluate($"Boolean({script})"))!.GetValue<bool>();
            }
            catch (InvalidOperationException) when (!patience.IsCancellationRequested)
            {
                holds = false;
            }
            if (holds) return;
            if (patience.IsCancellationRequested) Assert.Fail($"waited in vain until {what}; the page says: {await Text("body")}");
            await Task.Delay(50);
        }
    }

    /// <summary>Presses a key as a person does.</summary>
    public async Task Press(string key, int code)
    {
        await Send("Input.dispatchKeyEvent", new JsonObject { ["type"] = "rawKeyDown", ["key"] = key, ["windowsVirtualKeyCode"] = code });
        if (key == "Enter") await Send("Input.dispatchKeyEvent", new JsonObject { ["type"] = "char", ["text"] = "\r" });
        await Send("Input.dispatchKeyEvent", new JsonObject { ["type"] = "keyUp", ["key"] = key, ["windowsVirtualKeyCode"] = code });
    }

    /// <summary>The whole page as PNG.</summary>
    public async Task<byte[]> Picture()
    {
        var size = (await Evaluate("({ w: document.documentElement.clientWidth, h: Math.max(document.documentElement.scrollHeight, innerHeight) })"))!;
        var answer = await Send("Page.captureScreenshot", new JsonObject
        {
            ["format"] = "png",
            ["captureBeyondViewport"] = true,
            ["clip"] = new JsonObject
            {
                ["x"] = 0,
                ["y"] = 0,
                ["width"] = size["w"]!.GetValue<double>(),
                ["height"] = Math.Min(6000, size["h"]!.GetValue<double>()),
                ["scale"] = 1,
            },
        });
        return Convert.FromBase64String(answer["data"]!.GetValue<string>());
    }

    private Task<JsonNode> Send(string method, JsonObject? parameters = null) => _browser.Send(method, parameters, _session);

    private void Take(string method, JsonNode happened)
    {
        switch (method)
        {
            case "Page.frameNavigated" or "Page.lifecycleEvent":
                _loads.Take(method, happened);
                break;
            case "Runtime.exceptionThrown":
                Complain($"script: {happened["exceptionDetails"]!.ToJsonString()}");
                break;
            case "Log.entryAdded" when happened["entry"]!["level"]!.GetValue<string>() is "error" or "warning":
                Complain($"{happened["entry"]!["source"]}: {happened["entry"]!["text"]} {happened["entry"]!["url"]}");
                break;
            case "Runtime.consoleAPICalled" when happened["type"]!.GetValue<string>() is "error" or "warning" or "assert":
                Complain($"console: {happened["args"]!.ToJsonString()}");
                break;
        }
    }

    private void Complain(string words)
    {
        lock (_gate) _complaints.Add(words);
    }
}
