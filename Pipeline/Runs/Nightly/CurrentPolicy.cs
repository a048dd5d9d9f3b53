using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Which policy users draw by tonight: the one that feedback learned last, the initial one, or one that the operator named. AlertLookback up once a run.
/// </summary>
internal sealed class CurrentPolicy
{
    private readonly ExploreOptions _explore;
    private readonly Lazy<(DiversityPolicy Policy, string Why)> _tonight;

    public CurrentPolicy(PipelineOptions options, string output)
    {
        _explore = options.Diversify.Explore;
        _tonight = new(() => Choose(options.Diversify.Stated?.Lambda ?? 0, options.Runs.Seed, new RunFolders(output)));
    }

    public DiversityPolicy Tonight => _tonight.Value.Policy;

    /// <summary>Leaves the policy among the stage's outputs, and says which it is.</summary>
    public void Write(StageWork work)
    {
        Tonight.Save(work.Output(DiversityPolicy.FileName));
        work.Facts["policy"] = $"{Tonight.Origin}, {Tonight.Steps} steps, {Tonight.Id()[..12]}";
        work.Context.Progress.Note(_tonight.Value.Why);
    }

    /// <summary>Who draws what by the policy in <paramref name="file"/>.</summary>
    public static PolicyAssignment Assignment(string file, IdMap users, InteractionMatrix interactions) =>
        new(DiversityPolicy.Read(file), users, interactions.ByUser.RowLength);

    /// <exception cref="ConfigurationException">There is nothing by which lists could be more or less diverse.</exception>
    public static void CheckWorks(string method, EmbeddingTable? space, CategoryMixes? mixes)
    {
        if (DiversifierCatalog.Works(method, space, mixes)) return;
        throw new ConfigurationException(DiversifierCatalog.NeedsCategories(method) && mixes is null
            ? $"Diversify:Explore:Enabled is true, but Diversify:Method={method} needs categories of items, and the catalog has fewer than two; expected a "
                + "column Category, an encoder (Embed:Model) whose clusters take their place, or Diversify:Method=mmr"
            : "Diversify:Explore:Enabled is true, but the night has nothing to diversify by: the model has no space of its own and text is not used; "
                + "expected a model with factors or an encoder (Embed:Model), or Diversify:Explore:Enabled=false");
    }

    private (DiversityPolicy, string) Choose(double lambda, ulong seed, RunFolders folders)
    {
        var initial = _explore.InitialPolicy(lambda, seed);
        if (_explore.Policy == ExploreOptions.Initial) return (initial, "lists are drawn by the initial policy, as configured");
        if (_explore.Policy != ExploreOptions.Learned)
            return (DiversityPolicy.Read(_explore.Policy), $"lists are drawn by the policy in {_explore.Policy}, as configured");
        if (folders.FindFinished(StageNames.Feedback, null, null, out string? run) is not { } feedback
            || feedback.Outputs.All(o => o.Path != DiversityPolicy.FileName))
        {
            return (initial, "lists are drawn by the initial policy: nothing was learned yet");
        }
        string folder = folders.Of(run!, StageNames.Feedback);
        if (StageHash.Damage(folder, feedback.Outputs) is { } damage)
        {
            throw new ArtifactException(
                folder, $"what feedback learned is corrupt: {damage}; run feedback --from feedback, or set Diversify:Explore:Policy=initial");
        }
        var learned = DiversityPolicy.Read(Path.Combine(folder, DiversityPolicy.FileName));
        return learned.HasShapeOf(initial)
            ? (learned, $"lists are drawn by the policy of run {run}, {learned.Steps} steps from the initial one")
            : (initial, $"lists are drawn by the initial policy: arms, contexts or floor of the configuration are no longer those of the policy of run {run}");
    }
}
