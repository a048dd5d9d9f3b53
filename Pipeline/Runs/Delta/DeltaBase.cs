using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Neighbors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>
/// What a delta goes on from: the published version, and the run whose folder still has the lists, the histories and the model that it was made from.
/// </summary>
/// <param name="RunId">The newest run that published the version, be it a night or a delta.</param>
internal sealed record DeltaBase(string Version, string RunId, RunFolders Folders)
{
    private const string Remedy = "run nightly first: a delta goes on from a night's model and lists";

    /// <exception cref="RunFailedException">Nothing is published, its run folder is gone, or another build of the program trained its model.</exception>
    public static DeltaBase Find(IOutputStore store, RunFolders folders)
    {
        if (store.Current is not { } current) throw new RunFailedException($"nothing is published yet, so there is no model to fold users in with; {Remedy}");
        string run = folders.Publisher(current, store.Find(current)!.RunId) ?? throw new RunFailedException(
            $"no run folder has what version {current} was made from, see Runs:Keep{Newer(store)}; {Remedy}");
        var found = new DeltaBase(current, run, folders);
        if (found.Manifest(StageNames.Train).Facts.ContainsKey(StageManifest.ForgottenFact))
        {
            throw new RunFailedException(
                $"users were forgotten since version {current}, and the model that had been trained on their events went too; {Remedy}");
        }
        // As for every stage, what another build made does not count: its lists beside those of this one would be of two programs.
        if (!found.Manifest(StageNames.Train).CodeVersion.EndsWith(StagePlanner.CodeIdentity, StringComparison.Ordinal))
        {
            throw new RunFailedException(
                $"the model of version {current} was trained by another build of the program (run {found.Origin(StageNames.Train)}); {Remedy}");
        }
        return found;
    }

    /// <summary>What to know of versions that were rolled back to the current one, for a message; empty where none was.</summary>
    private static string Newer(IOutputStore store) => RolledBackVersions.Of(store) is { Count: > 0 } newer
        ? $"; newer {RolledBackVersions.Named(newer)} rolled back, and versions rollback {newer[0]} goes forward again"
        : "";

    /// <summary>The run whose folder holds what <paramref name="stage"/> gave.</summary>
    public string Origin(string stage) => Manifest(stage).From ?? RunId;

    public string Folder(string stage) => Folders.Of(Origin(stage), stage);

    /// <exception cref="RunFailedException">The run did not finish that stage, or its folder is gone.</exception>
    public StageManifest Manifest(string stage) => StageManifest.Load(Folders.Of(RunId, stage)) is { IsDone: true } made
        ? made
        : throw new RunFailedException($"run {RunId}, which made version {Version}, has no finished stage {stage} any more; {Remedy}");

    /// <summary>Identity, by content, of what a delta reads of the base.</summary>
    public IReadOnlyDictionary<string, string> Sources() => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["base catalog"] = Hash(StageNames.Ingest, IngestArtifacts.Catalog),
        ["base made"] = Hash(StageNames.Materialize, MadeLists.FileName),
        ["base histories"] = Hash(StageNames.Ingest, IngestArtifacts.Histories),
        ["base items"] = Hash(StageNames.Ingest, IngestArtifacts.Items),
        ["base policy"] = Hash(StageNames.Materialize, DiversityPolicy.FileName),
        ["base lists"] = Hash(StageNames.Materialize, ListBlocks.Folder + "/"),
        ["base users"] = Hash(StageNames.Ingest, IngestArtifacts.Users),
    };

    /// <summary>A mark of each user's history as the base knew it, aligned with this run's user indices.</summary>
    /// <exception cref="RunFailedException">The ids of the base are not the first of this run's, so its indices mean other users and items.</exception>
    public ulong[] HistoryHashes(IdMap users, IdMap items)
    {
        string ingest = Whole(StageNames.Ingest, o => o is IngestArtifacts.Histories or IngestArtifacts.Users or IngestArtifacts.Items);
        if (!Begins(users, IngestArtifacts.ReadUsers(ingest)) || !Begins(items, IngestArtifacts.ReadItems(ingest)))
        {
            throw new RunFailedException(
                $"the log was read from the start since run {RunId}, and users or items have other indices than its model knows; {Remedy}");
        }
        return IngestArtifacts.ReadHistoryMarks(ingest);
    }

    /// <summary>The policy by which users drew how their lists were made; null where the base did not explore.</summary>
    public string? Policy() => Manifest(StageNames.Materialize).Outputs.Any(o => o.Path == DiversityPolicy.FileName)
        ? Path.Combine(Whole(StageNames.Materialize, o => o == DiversityPolicy.FileName), DiversityPolicy.FileName)
        : null;

    /// <summary>How the base's lists were diversified.</summary>
    public DiversifyOptions Diversify() =>
        Manifest(StageNames.Materialize).Options?[nameof(PipelineOptions.Diversify)]?.Deserialize<DiversifyOptions>(CanonicalJson.Options)
        ?? new DiversifyOptions();

    /// <summary>Which lists of the base deltas made; of a night's none.</summary>
    /// <param name="users">Users there are now.</param>
    public bool[] MadeByDeltas(int users) => Manifest(StageNames.Materialize).Outputs.Any(o => o.Path == MadeLists.FileName)
        ? MadeLists.Read(Path.Combine(Whole(StageNames.Materialize, o => o == MadeLists.FileName), MadeLists.FileName), users)
        : new bool[users];

    /// <summary>Items that could be recommended when the base's lists were made.</summary>
    public bool[] Available() => IngestArtifacts.ReadCatalog(Whole(StageNames.Ingest, o => o == IngestArtifacts.Catalog)).Available;

    /// <summary>Whether the lists, the defaults, the neighbors and the places of a delta are the base's own, entry for entry.</summary>
    public bool IsEqual(StageWork publish)
    {
        var places = Tables(StageNames.Places).Concat(Tables(StageNames.Forecast)).ToDictionary(StringComparer.Ordinal);
        var made = publish.Taken($"{StageNames.Places}/").Concat(publish.Taken($"{StageNames.Forecast}/")).ToList();
        if (made.Count != places.Count || made.Exists(o => places.GetValueOrDefault(o.Key) != o.Value)) return false;
        var before = Manifest(StageNames.Materialize).Outputs.Where(o => IsBlock(o.Path) || o.Path is DefaultLists.File or DefaultLists.SegmentsFile)
            .ToDictionary(o => $"{StageNames.Materialize}/{o.Path}", o => o.Sha256);
        var now = publish.Taken($"{StageNames.Materialize}/").Where(o => before.ContainsKey(o.Key) || IsBlock(o.Key[(StageNames.Materialize.Length + 1)..]))
            .ToList();
        return now.Count == before.Count && now.TrueForAll(o => before.GetValueOrDefault(o.Key) == o.Value)
            && NeighborLists.AreEqual(
                NeighborLists.Load(Path.Combine(Whole(StageNames.Neighbors, o => o == NeighborsStep.File), NeighborsStep.File)),
                NeighborLists.Load(publish.Input(StageNames.Neighbors, NeighborsStep.File)));
    }

    /// <summary>Tables that a stage made, as publish takes them; none where the base's night had no such stage.</summary>
    private IEnumerable<KeyValuePair<string, string>> Tables(string stage) =>
        (StageManifest.Load(Folders.Of(RunId, stage))?.Outputs ?? [])
            .Where(o => o.Path.StartsWith(PlacesStep.Folder + "/", StringComparison.Ordinal))
            .Select(o => KeyValuePair.Create($"{stage}/{o.Path}", o.Sha256));

    /// <summary>Paths of the base's blocks of lists, in order.</summary>
    public IReadOnlyList<string> Blocks()
    {
        string folder = Whole(StageNames.Materialize, IsBlock);
        return [.. Manifest(StageNames.Materialize).Outputs
            .Select(o => o.Path)
            .Where(IsBlock)
            .Order(StringComparer.Ordinal)
            .Select(f => Path.Combine(folder, f))];
    }

    private static bool IsBlock(string path) => path.StartsWith(ListBlocks.Folder + "/", StringComparison.Ordinal);

    private string Whole(string stage, Func<string, bool> wanted)
    {
        string folder = Folder(stage);
        return StageHash.Damage(folder, [.. Manifest(stage).Outputs.Where(o => wanted(o.Path))]) is { } damage
            ? throw new RunFailedException($"what version {Version} was made from is corrupt: {damage} in {folder}; {Remedy}")
            : folder;
    }

    private string Hash(string stage, string prefix) => StageHash.Of(string.Join('\n', Manifest(stage).Outputs
        .Where(o => o.Path.StartsWith(prefix, StringComparison.Ordinal)).Select(o => $"{o.Path} {o.Sha256}")));

    private static bool Begins(IdMap all, IdMap first) =>
        first.Count <= all.Count && first.Offsets.SequenceEqual(all.Offsets[..(first.Count + 1)]) && first.Bytes.SequenceEqual(all.Bytes[..first.Bytes.Length]);
}
