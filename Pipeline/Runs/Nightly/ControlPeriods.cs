using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <param name="Mark">Which draw; null: nobody was drawn.</param>
/// <param name="Published">When the first version of it was.</param>
/// <param name="DataTo">The last day of that version's data.</param>
internal sealed record ControlPeriod(string? Mark, double Share, DateTimeOffset Published, string DataTo);

/// <summary>
/// Since when which control group has lists of its own, as <c>control.json</c> in the output folder: versions go with their age, and the experiment goes on.
/// It names nobody.
/// </summary>
internal static class ControlPeriods
{
    public const string FileName = "control.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NewLine = "\n" };

    /// <summary>Writes down that a version was published, where its group is not the last one's.</summary>
    public static void Record(string output, VersionRecord version, ControlGroup? control)
    {
        var periods = Read(output);
        if (periods.Length == 0 && control is null) return;
        if (periods is [.., var last] && last.Mark == control?.Mark && (control is null || last.Share == control.Share)) return;
        ControlPeriod[] all = [.. periods, new ControlPeriod(control?.Mark, control?.Share ?? 0, version.Created, version.WindowTo)];
        AtomicFile.WriteText(Path.Combine(output, FileName), JsonSerializer.Serialize(all, Json) + "\n");
    }

    /// <summary>The period of that group where it is the newest; null else.</summary>
    public static ControlPeriod? Of(string output, ControlGroup control) =>
        Read(output) is [.., var last] && last.Mark == control.Mark && last.Share == control.Share ? last : null;

    private static ControlPeriod[] Read(string output)
    {
        string path = Path.Combine(output, FileName);
        if (!File.Exists(path)) return [];
        try
        {
            return JsonSerializer.Deserialize<ControlPeriod[]>(File.ReadAllText(path), Json) ?? [];
        }
        catch (JsonException e)
        {
            throw new ArtifactException(path, $"it is corrupt ({e.Message}); put it back from a copy, or delete it: the experiment begins anew then", e);
        }
    }
}
