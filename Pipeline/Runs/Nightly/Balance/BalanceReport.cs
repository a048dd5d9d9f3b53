using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Balance;

/// <summary>One setting on the validation window.</summary>
/// <param name="Figures">By name without the cut-off: <c>ndcg</c>, <c>ild</c>, <c>coverage</c>, <c>calibration_kl</c>; those that exist.</param>
/// <param name="Change">
/// Its NDCG less that of the order of relevance, in which variants and shelves may repeat, over the same users, with its paired 95% interval.
/// </param>
/// <param name="Diversity">See <see cref="BalanceChoice"/>.</param>
internal sealed record BalancePoint(string Method, double Lambda, IReadOnlyDictionary<string, double> Figures, Interval Change, double Diversity)
{
    internal DiversitySetting Setting => new(Method, Lambda);
}

/// <summary>How lists are diversified and why, as <c>diversify.json</c>.</summary>
/// <param name="Window">What was measured on, in words; empty where nothing was measured.</param>
/// <param name="Points">The plain order first.</param>
internal sealed record BalanceReport(
    string Method, double Lambda, string Why, string Window, int Users, int Cutoff, double MaxLoss, IReadOnlyList<BalancePoint> Points)
{
    public const string FileName = "diversify.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true };

    internal DiversitySetting Setting => new(Method, Lambda);

    /// <summary>A setting that was not chosen by measuring.</summary>
    public static BalanceReport Of(DiversitySetting setting, string why) => new(setting.Method, setting.Lambda, why, "", 0, 0, 0, []);

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or no report.</exception>
    public static BalanceReport Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<BalanceReport>(File.ReadAllText(path), Json) ?? throw new JsonException("it is empty");
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(path, $"how lists are diversified cannot be read from it ({e.Message}); run again from rank", e);
        }
    }
}
