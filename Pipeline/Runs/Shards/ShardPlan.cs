using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Shards;

/// <summary>Input files of a sharded stage that come from one other stage.</summary>
/// <param name="Folder">Relative to the folder of all runs, <c>/</c> between levels: hosts may know the shared path under different names.</param>
internal sealed record ShardInput(string Stage, string Folder, IReadOnlyList<string> Files);

/// <summary>
/// What a worker on another host needs to know to make blocks of a run's materialize: <c>shards.json</c> in the run's folder. Options and seed are the run's
/// own; those of the worker's configuration decide nothing but its threads.
/// </summary>
/// <param name="Manifest">The stage's manifest as it began: identity of its work, options, seed.</param>
/// <param name="Code">Identity of the program; another build makes no blocks of this run.</param>
/// <param name="Night">The run's options, all sections.</param>
internal sealed record ShardPlan(StageManifest Manifest, string Code, IReadOnlyList<ShardInput> Inputs, JsonNode Night, int Blocks, int BlocksPerShard)
{
    public const string FileName = "shards.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options) { WriteIndented = true };

    /// <summary>Names of the shards in order: first and last block of each.</summary>
    public IReadOnlyList<string> Shards =>
    [
        .. Enumerable.Range(0, (Blocks + BlocksPerShard - 1) / BlocksPerShard)
            .Select(s => string.Create(CultureInfo.InvariantCulture, $"{s * BlocksPerShard:D5}-{Math.Min((s + 1) * BlocksPerShard, Blocks) - 1:D5}")),
    ];

    /// <summary>The blocks of a shard, from the first up to, not with, the end.</summary>
    public (int First, int End) BlocksOf(string shard)
    {
        int first = int.Parse(shard.AsSpan(0, shard.IndexOf('-', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        return (first, Math.Min(first + BlocksPerShard, Blocks));
    }

    internal static ShardPlan Of(StageWork work, PipelineOptions night, int blocks, string runs) => new(
        work.Manifest, StagePlanner.CodeIdentity,
        [.. work.InputFolders.Select(i => new ShardInput(i.Key, Path.GetRelativePath(runs, i.Value.Folder).Replace('\\', '/'), [.. i.Value.Files]))],
        JsonSerializer.SerializeToNode(night.Sections().ToDictionary(s => s.Key, s => CanonicalJson.ToNode(WithoutSecrets(s.Value))), Json)!,
        blocks, Math.Max(1, (blocks + night.Runs.Shards - 1) / night.Runs.Shards));

    internal void Save(string runFolder) => AtomicFile.WriteText(Path.Combine(runFolder, FileName), JsonSerializer.Serialize(this, Json) + "\n");

    /// <exception cref="ArtifactException">The file is missing or corrupt.</exception>
    internal static ShardPlan Load(string runFolder)
    {
        string path = Path.Combine(runFolder, FileName);
        try
        {
            return JsonSerializer.Deserialize<ShardPlan>(File.ReadAllText(path), Json) ?? throw new ArtifactException(path, "the plan is empty");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new ArtifactException(path, $"the run's shards cannot be read ({e.Message}); the output folder has to be a path that all hosts share", e);
        }
    }

    /// <summary>The run's options as materialize needs them.</summary>
    internal PipelineOptions Options()
    {
        var options = Night.Deserialize<PipelineOptions>(Json)!;
        // Newcomers' lists, which alone ask for it, are made by the run's own host.
        options.Privacy ??= new Privacy.PrivacyOptions();
        return options;
    }

    private static object? WithoutSecrets(object section) => section is Publish.PublishOptions or Privacy.PrivacyOptions { Key: not null } ? null : section;
}
