using System.Text.Json;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Hybrid;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Auto;

/// <summary>
/// What the race of the published night chose; where nothing is published, that of the newest night that went through. It is handed to tonight's as text by
/// key, so that a night's identity knows what it went on from, and not whose it was.
/// </summary>
internal sealed class PublishedChoice(TrainOptions options, IOutputStore store, RunFolders folders)
{
    private const string Prefix = nameof(PipelineOptions.Train) + ":";
    private const string TextsKey = "texts";
    private const string NoTexts = "none";

    /// <summary>What <see cref="Carried"/> left out and why, in a line; null where it left nothing out.</summary>
    public string? LeftOut { get; private set; }

    /// <param name="runId">The run that asks; null where none is open yet.</param>
    public IReadOnlyDictionary<string, string> Carried(string? runId)
    {
        LeftOut = null;
        var none = new Dictionary<string, string>();
        string run = "of the last night";
        if (!options.IsAuto || !options.Auto.KeepChoice) return none;
        try
        {
            if (Find(runId) is not { } found) return none;
            (run, var manifest) = found;
            if (manifest.Outputs.FirstOrDefault(o => o.Path == AutoChoice.FileName) is not { } file) return none;
            string folder = folders.Of(run, StageNames.Train);
            if (StageHash.Damage(folder, [file]) is { } damage) return Without(damage);
            var report = AutoChoice.Load(Path.Combine(folder, AutoChoice.FileName));
            if (report.Settings.Count == 0) return none;
            if (Changed(manifest.Options?[nameof(PipelineOptions.Train)]) is { Count: > 0 } changed)
                return Without($"Train:{string.Join(", Train:", changed)} changed since, so the race begins afresh");
            if (Faults(report) is { } faults) return Without(faults);
            var carried = report.Settings.ToDictionary(s => Prefix + s.Key, s => s.Value, StringComparer.Ordinal);
            // A night whose race was not held has what it went on from itself.
            bool hadTexts = report.Trials.Any(t => t.Round == "text") || report.Settings.GetValueOrDefault("Text:Use") == nameof(TextUse.Auto)
                || (report.Trials.Count == 0 && manifest.Carried?.ContainsKey(TextsKey) != true);
            if (!hadTexts) carried[TextsKey] = NoTexts;
            return carried;
        }
        catch (Exception e) when (e is RecsysException or JsonException or IOException or UnauthorizedAccessException)
        {
            return Without(e.Message);
        }

        Dictionary<string, string> Without(string why)
        {
            LeftOut = $"auto: what run {run} chose is left out: {why}";
            return none;
        }
    }

    /// <summary>What <see cref="Carried"/> handed over; null where that is nothing.</summary>
    public static LastChoice? Read(IReadOnlyDictionary<string, string> carried) => carried.Count == 0 ? null : new LastChoice(
        new SortedDictionary<string, string>(
            carried.Where(c => c.Key.StartsWith(Prefix, StringComparison.Ordinal)).ToDictionary(c => c.Key[Prefix.Length..], c => c.Value),
            StringComparer.Ordinal),
        !carried.ContainsKey(TextsKey));

    /// <summary>The run whose folder holds the training, with its manifest.</summary>
    private (string Run, StageManifest Train)? Find(string? except)
    {
        string? published = store.Current is { } current ? folders.Publisher(current, store.Find(current)!.RunId) : null;
        return Trained(published) ?? folders.Ids().Reverse()
            .Where(id => id != except && RunRecord.Load(folders.Of(id)) is { State: RunState.Finished })
            .Select(Trained).FirstOrDefault(t => t is not null);
    }

    private (string Run, StageManifest Train)? Trained(string? run)
    {
        if (run is null || StageManifest.Load(folders.Of(run, StageNames.Train)) is not { IsDone: true } manifest) return null;
        if (manifest.From is not { } from) return (run, manifest);
        return StageManifest.Load(folders.Of(from, StageNames.Train)) is { State: StageState.Finished } original ? (from, original) : null;
    }

    /// <summary>
    /// Options that both nights know and that differ; what is only compared with changes no choice. What one of them does not know yet says nothing: whether
    /// its settings can still be used is asked apart.
    /// </summary>
    private List<string> Changed(JsonNode? before)
    {
        var now = CanonicalJson.ToNode(options);
        return [.. CanonicalJson.Differences(before, now)
            .Where(path => At(before, path) is not null && At(now, path) is not null && path != nameof(TrainOptions.Baselines))];
    }

    private static JsonNode? At(JsonNode? node, string path) =>
        path.Split(':').Aggregate(
            node, (at, part) => at is JsonObject fields && fields.TryGetPropertyValue(part, out var value) ? value ?? JsonValue.Create("") : null);

    /// <summary>Why settings do not work with this build; null where they do.</summary>
    private string? Faults(AutoReport report)
    {
        var check = new OptionsCheck(nameof(PipelineOptions.Train));
        AutoChoice.With(options, report).Validate(check);
        return check.Faults.Count > 0 ? string.Join("; ", check.Faults)
            : new LastChoice(report.Settings, true).Members(options) is null
                ? $"its algorithm {report.Settings.GetValueOrDefault(nameof(TrainOptions.Algorithm))} or a member of it does not race any more"
            : null;
    }
}
