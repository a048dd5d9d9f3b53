using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary><c>reviews.json</c>: how many reviews counted, which did not and why, and how well the classifier reads them. It names nobody.</summary>
/// <param name="Rows">Of the table; those that count and those left out.</param>
/// <param name="WithSentiment">Of those that count: rated ones, and those that the classifier read.</param>
/// <param name="LeftOut">By reason.</param>
/// <param name="Classifier">Null where it could not be learned.</param>
internal sealed record ReviewsReport(
    int Rows, int Counted, int Rated, int WithSentiment, double Mean, IReadOnlyDictionary<string, int> LeftOut, SentimentQuality? Classifier)
{
    public const string FileName = "reviews.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is empty.</exception>
    public static ReviewsReport Read(string path) =>
        JsonSerializer.Deserialize<ReviewsReport>(File.ReadAllText(path), Json) ?? throw new ArtifactException(path, "it is empty; run again");

    public static string Name(ReviewStatus status) => status switch
    {
        ReviewStatus.RepeatedText => "repeated_text",
        ReviewStatus.Burst => "burst",
        ReviewStatus.WrittenAgain => "written_again",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "a review that counts was left out for no reason"),
    };

    /// <summary>Figures for the ledger.</summary>
    public IEnumerable<KeyValuePair<string, double>> Metrics()
    {
        yield return new("reviews.rows", Rows);
        yield return new("reviews.counted", Counted);
        yield return new("reviews.flagged", Rows - Counted);
        if (Classifier is not { } quality) yield break;
        yield return new("reviews.accuracy", quality.Accuracy.Value);
        yield return new("reviews.majority", quality.Majority.Value);
        yield return new("reviews.auc", quality.Auc.Value);
    }

    /// <summary>The same in a sentence.</summary>
    public string Note => string.Create(CultureInfo.InvariantCulture, $"{Counted:N0} of {Rows:N0} reviews count{Reasons}; {Reading}");

    private string Reasons => LeftOut.Count == 0 ? ""
        : " (left out: " + string.Join(", ", LeftOut.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Key} {r.Value:N0}"))) + ")";

    private string Reading => Classifier is not { } c
        ? string.Create(
            CultureInfo.InvariantCulture,
            $"those without a rating have no sentiment: a classifier needs an encoder and {SentimentTraining.MinOfClass} rated reviews with text of each kind")
        : string.Create(
            CultureInfo.InvariantCulture,
            $"on {c.Tested:N0} held-out ones the classifier has accuracy {c.Accuracy.Value:F3} ({c.Accuracy.Low:F3}-{c.Accuracy.High:F3}) beside "
            + $"{c.Majority.Value:F3}, AUC {c.Auc.Value:F3} ({c.Auc.Low:F3}-{c.Auc.High:F3}){(c.IsUseful ? "" : "; that is too little to read others with")}");
}
