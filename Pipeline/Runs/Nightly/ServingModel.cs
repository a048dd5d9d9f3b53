using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// What train says of the model that will serve, as <c>serving.json</c> in its stage's folder: the hold-out's files begin with that model only where it can be
/// measured.
/// </summary>
/// <param name="Measurable">False where it was trained elsewhere on everything: it has seen the purchases that it would be measured by.</param>
/// <param name="Unmeasured">Whether it may serve nonetheless.</param>
/// <param name="Later">What a model that was trained elsewhere for the hold-out knows of the time after its cut; null where it was trained here.</param>
/// <param name="Parts">Models of the hold-out that are the serving one without its trend or its texts.</param>
internal sealed record ServingModel(
    string Algorithm, bool Measurable = true, bool Unmeasured = false, HoldOutOverlap? Later = null, IReadOnlyList<string>? Parts = null)
{
    public const string FileName = "serving.json";

    public void Save(string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(this, CanonicalJson.Options) + "\n");

    /// <exception cref="ArtifactException">The file says nothing of the kind.</exception>
    public static ServingModel Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<ServingModel>(File.ReadAllText(path), CanonicalJson.Options)!;
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException)
        {
            throw new ArtifactException(path, $"the serving model's description cannot be read ({e.Message}); run again from train", e);
        }
    }
}

/// <summary>Users and items of the test window who were not there before the cut, and how many of them a model knows that was trained before it.</summary>
internal sealed record HoldOutOverlap(int Users, int KnownUsers, int Items, int KnownItems);
