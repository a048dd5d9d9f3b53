using System.Text.Json;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Embed.Classifier;

/// <summary><c>classifier.json</c>: how many items lacked a category, how many got one, and what the classifier did on held-out texts.</summary>
/// <param name="Missing">Items with a vector and without a category.</param>
/// <param name="Predicted">Those of them that got one.</param>
/// <param name="Why">Why the classifier served or did not, in words.</param>
/// <param name="Quality">Null where nothing could be learned.</param>
internal sealed record ClassifierReport(int Missing, int Predicted, string Why, ClassifierQuality? Quality)
{
    public const string FileName = "classifier.json";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        NewLine = "\n",
    };

    public void Write(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, Json) + "\n");
}
