using System.Text.Json.Nodes;

namespace Recsys.Batch.Jobs.Tests.Console.Browser;

/// <summary>
/// Which documents a tab has begun and which have loaded, by the browser's name for each load. A load event alone does not say of which document it is: the one
/// that is left may still send its own.
/// </summary>
internal sealed class PageLoads(string frame)
{
    private readonly HashSet<string> _begun = [];
    private readonly HashSet<string> _loaded = [];
    private readonly List<(Func<string, bool> Wanted, TaskCompletionSource Loaded)> _waiting = [];
    private readonly Lock _gate = new();

    /// <summary>Ends once that document has loaded, or at once where it has.</summary>
    public Task Of(string loader) => When(l => l == loader);

    /// <summary>Ends once a document has loaded that had not begun at the time of the call.</summary>
    public Task OfAnother()
    {
        HashSet<string> before;
        lock (_gate) before = [.. _begun];
        return When(l => !before.Contains(l));
    }

    public void Take(string method, JsonNode happened)
    {
        switch (method)
        {
            case "Page.frameNavigated" when happened["frame"]!["id"]!.GetValue<string>() == frame:
                lock (_gate) _begun.Add(happened["frame"]!["loaderId"]!.GetValue<string>());
                break;
            case "Page.lifecycleEvent" when happened["name"]!.GetValue<string>() == "load" && happened["frameId"]!.GetValue<string>() == frame:
                Loaded(happened["loaderId"]!.GetValue<string>());
                break;
        }
    }

    private Task When(Func<string, bool> wanted)
    {
        lock (_gate)
        {
            if (_loaded.Any(wanted)) return Task.CompletedTask;
            var loaded = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((wanted, loaded));
            return loaded.Task;
        }
    }

    private void Loaded(string loader)
    {
        lock (_gate)
        {
            _begun.Add(loader);
            _loaded.Add(loader);
            foreach (var (_, loaded) in _waiting.Where(w => w.Wanted(loader))) loaded.TrySetResult();
            _waiting.RemoveAll(w => w.Loaded.Task.IsCompleted);
        }
    }
}
