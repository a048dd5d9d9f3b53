using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs;

/// <param name="Finished">The finished work that stands in; null where the stage must run.</param>
/// <param name="Resumes">The stage's folder holds what a killed attempt at the same work left, and the stage can go on from it.</param>
internal sealed record StageDecision(StageManifest? Finished, string? FromRun, bool Resumes, string Reason);

/// <summary>Works out each stage's hash from what is upstream, and whether finished work can stand in for it, with the reason in words.</summary>
internal sealed class StagePlanner(RunFolders folders, ulong seed, IReadOnlySet<string>? forced)
{
    /// <summary>
    /// The compiled program: what another build made is made again, since nobody remembers to raise a version for every fix. Kept state is not lost by it.
    /// </summary>
    internal static readonly string CodeIdentity = typeof(StagePlanner).Module.ModuleVersionId.ToString("N");

    private readonly Dictionary<string, (StageManifest Manifest, string Folder)> _done = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StageManifest> _own = new(StringComparer.Ordinal);

    /// <summary>Identity of a whole run before any of it has run.</summary>
    public string PlanHash(string job, IReadOnlyList<IRunStage> stages) =>
        StageHash.Of(job + "\n" + string.Join("\n", stages.Select(s => StageHash.Of(Own(s)))));

    public void Done(string stage, StageManifest manifest, string folder) => _done[stage] = (manifest, folder);

    /// <summary>The manifest of a stage about to run, with its hash, and where its inputs lie.</summary>
    /// <param name="runId">The run; null where none is open yet.</param>
    public (StageManifest Draft, IReadOnlyDictionary<string, StageInputFolder> Inputs) Draft(IRunStage stage, string? runId)
    {
        var inputs = new Dictionary<string, StageInputFolder>(StringComparer.Ordinal);
        var hashes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var input in stage.Inputs)
        {
            var (manifest, folder) = _done[input.Stage];
            var files = new SortedSet<string>(StringComparer.Ordinal);
            foreach (string wanted in input.Files)
            {
                var found = manifest.Outputs.Where(o => Matches(o.Path, wanted)).ToArray();
                if (found.Length == 0 && !input.MayBeEmpty)
                {
                    throw new RunFailedException(
                        $"stage {stage.Name} takes {input.Stage}/{wanted}, which stage {input.Stage} did not give; "
                        + $"it gave {string.Join(", ", manifest.Outputs.Select(o => o.Path))}");
                }
                foreach (var file in found)
                {
                    files.Add(file.Path);
                    hashes[$"{input.Stage}/{file.Path}"] = file.Sha256;
                }
            }
            inputs[input.Stage] = new StageInputFolder(folder, files);
        }
        var draft = Own(stage) with { Inputs = hashes };
        if (stage is ICarryingStage carrying) draft = draft with { Carried = Carried(carrying, draft, runId) };
        return (draft with { Hash = StageHash.Of(draft) }, inputs);
    }

    public StageDecision Decide(IRunStage stage, StageManifest draft, string? runId)
    {
        var own = runId is null ? null : StageManifest.Load(folders.Of(runId, stage.Name));
        bool resumes = stage.Resumable && own is { IsDone: false } && own.Hash == draft.Hash && own.State != StageState.Refused;
        if (stage.Taken is { } taken && StageManifest.Load(folders.Of(taken.RunId, stage.Name)) is { State: StageState.Finished } made)
            return Check(made, taken.RunId, taken.Why);
        if (forced?.Contains(stage.Name) == true) return Run("forced");
        if (own is { State: StageState.Finished } && own.Hash == draft.Hash)
            return Check(own, runId!, "finished before the run was interrupted");
        if (folders.FindFinished(stage.Name, draft.Hash, runId, out string? from) is { } equal)
            return Check(equal, from!, "nothing changed");
        return Run(resumes ? "resumes where it was interrupted" : stage.Because ?? WhyNot(stage.Name, draft, runId));

        StageDecision Run(string reason) => new(null, null, resumes, reason);

        StageDecision Check(StageManifest finished, string fromRun, string reason)
        {
            string? damage = StageHash.Damage(folders.Of(fromRun, stage.Name), finished.Outputs);
            if (damage is not null) return Run($"the artifact of run {fromRun} is corrupt: {damage}");
            return stage.WhyStale(finished) is { } stale ? Run(stale) : new StageDecision(finished, fromRun, false, reason);
        }
    }

    /// <summary>The plan of one stage for a dry run; what it would give is taken as known only where finished work stands in.</summary>
    public StagePlan Foresee(IRunStage stage, string? runId)
    {
        var changed = stage.Inputs.Select(i => i.Stage).Where(s => !_done.ContainsKey(s)).ToArray();
        if (changed.Length > 0) return new StagePlan(stage.Name, true, $"takes from {string.Join(", ", changed)}, which would run", null);
        var decision = Decide(stage, Draft(stage, runId).Draft, runId);
        if (decision.Finished is { } finished) Done(stage.Name, finished, folders.Of(decision.FromRun!, stage.Name));
        return new StagePlan(stage.Name, decision.Finished is null, decision.Reason, decision.FromRun);
    }

    private string WhyNot(string stage, StageManifest draft, string? runId)
    {
        if (folders.FindFinished(stage, null, runId, out string? last) is not { } before) return "not finished before";
        if (before.Facts.ContainsKey(StageManifest.ForgottenFact)) return $"users were forgotten since run {last}, and what was made of their events went too";
        var reasons = new List<string>();
        if (before.CodeVersion != draft.CodeVersion) reasons.Add("its code changed");
        if (before.Seed != draft.Seed) reasons.Add("the seed changed");
        if (CanonicalJson.Differences(before.Options, draft.Options) is { Count: > 0 } options) reasons.Add("changed options " + Some(options));
        if (Changed(before.Sources, draft.Sources) is { Count: > 0 } sources) reasons.Add($"{sources.Count} new or changed source files");
        if (Changed(before.Inputs, draft.Inputs) is { Count: > 0 } inputs) reasons.Add("changed inputs " + Some(inputs));
        if (reasons.Count == 0 && !(before.Carried ?? []).SequenceEqual(draft.Carried ?? [])) reasons.Add("what it goes on from changed");
        return $"since run {last}: " + (reasons.Count > 0 ? string.Join("; ", reasons) : "an input is gone");
    }

    /// <summary>Equal work goes on from where it went on from then: what it came to itself is no reason to do it again.</summary>
    private SortedDictionary<string, string>? Carried(ICarryingStage stage, StageManifest draft, string? runId)
    {
        if (folders.Finished(stage.Name).FirstOrDefault(m => m.Hash == StageHash.Of(draft with { Carried = m.Carried })) is { } equal) return equal.Carried;
        var carried = stage.Carried(runId);
        return carried.Count == 0 ? null : new(carried.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private static string Some(IReadOnlyList<string> names) => string.Join(", ", names.Take(3)) + (names.Count > 3 ? $" and {names.Count - 3} more" : "");

    private static List<string> Changed(SortedDictionary<string, string> before, SortedDictionary<string, string> after) =>
        [.. after.Where(p => !before.TryGetValue(p.Key, out string? hash) || hash != p.Value).Select(p => p.Key)];

    private StageManifest Own(IRunStage stage)
    {
        if (_own.TryGetValue(stage.Name, out var known)) return known;
        return _own[stage.Name] = new StageManifest
        {
            Stage = stage.Name,
            State = StageState.Running,
            Hash = "",
            CodeVersion = $"{stage.CodeVersion} {CodeIdentity}",
            Seed = seed,
            Options = CanonicalJson.ToNode(stage.Options),
            Sources = new SortedDictionary<string, string>(stage.Sources().ToDictionary(p => p.Key, p => p.Value), StringComparer.Ordinal),
        };
    }

    private static bool Matches(string path, string wanted) =>
        wanted.EndsWith("/*", StringComparison.Ordinal) ? path.StartsWith(wanted[..^1], StringComparison.Ordinal) : path == wanted;
}
