using Recsys.Batch.Pipeline.Diversify;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <param name="Low">With <paramref name="High"/> the 95% interval.</param>
internal sealed record SweepFigure(double Value, double Low, double High);

/// <summary>One setting, measured.</summary>
/// <param name="Method">As <c>Diversify:Method</c> has it.</param>
/// <param name="Figures">
/// By name without the cut-off: <c>ndcg</c>, <c>ild</c>, <c>coverage</c> and the others of evaluate, on purchases new to the user.
/// </param>
/// <param name="Change">NDCG less the configured setting's over the same users, with its paired interval; null for that setting itself.</param>
internal sealed record SweepPoint(
    string Name, string Method, double Lambda, bool IsCurrent, IReadOnlyDictionary<string, SweepFigure> Figures, SweepFigure? Change)
{
    // Reports of 0.1.0 have None and Mmr.
    public string Method { get; } = DiversifierCatalog.Known(Method);
}

/// <summary>One user's list under every point, from the model that serves.</summary>
/// <param name="History">Latest items, newest first, <see cref="HistoryItems"/> of them at most kept here.</param>
/// <param name="Lists">Item ids, best first; aligned with the report's points.</param>
internal sealed record SweepSample(string UserId, int HistoryItems, IReadOnlyList<string> History, IReadOnlyList<IReadOnlyList<string>> Lists);

/// <summary>What job <c>sweep</c> leaves as <c>sweep.json</c>: accuracy beside diversity for a grid of settings, and what each does to real lists.</summary>
/// <param name="Cutoff">List length K that is measured.</param>
/// <param name="Users">Users of the hold-out behind the figures.</param>
/// <param name="Titles">Of all items named by samples; those without one are left out.</param>
internal sealed record SweepReport(
    string Model, int Cutoff, int Users, IReadOnlyList<SweepPoint> Points, IReadOnlyList<SweepSample> Samples, IReadOnlyDictionary<string, string> Titles)
{
    public const string FileName = "sweep.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    public SweepPoint Current => Points.First(p => p.IsCurrent);

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or no report.</exception>
    public static SweepReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepReport>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(path, $"no sweep can be read from it ({e.Message}); run sweep again", e);
        }
    }
}
