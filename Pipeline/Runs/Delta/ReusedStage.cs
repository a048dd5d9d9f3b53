using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// A stage of the night that a delta does not run: what the base's run has of it stands in, so that everything behind it takes from it as in a night.
/// </summary>
internal sealed class ReusedStage(IRunStage night, DeltaBase from) : IRunStage
{
    public string Name => night.Name;

    public string CodeVersion => night.CodeVersion;

    public IReadOnlyList<StageInput> Inputs => [];

    public JsonNode? Options => null;

    public IReadOnlyDictionary<string, string> Sources() => new Dictionary<string, string>(StringComparer.Ordinal) { ["base"] = from.Manifest(Name).Hash };

    public ReusedWork Taken => new(from.Origin(Name), $"taken over from version {from.Version}" + Outdated());

    public Task RunAsync(StageWork work) => throw new RunFailedException(
        $"what run {from.Origin(Name)} left of stage {Name} is corrupt or gone, and a delta does not make it; run nightly first");

    private string Outdated() => CanonicalJson.Differences(from.Manifest(Name).Options, CanonicalJson.ToNode(night.Options)) is { Count: > 0 } options
        ? $"; {string.Join(", ", options)} changed since, which the next night takes up"
        : "";
}
