using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Stages in the order in which they run; each takes only from those before it.</summary>
internal sealed class StageGraph
{
    public StageGraph(params IReadOnlyList<IRunStage> stages)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var stage in stages)
        {
            foreach (var input in stage.Inputs)
                if (!known.Contains(input.Stage))
                    throw new ArgumentException($"stage '{stage.Name}' takes from '{input.Stage}', which does not come before it", nameof(stages));
            if (!known.Add(stage.Name)) throw new ArgumentException($"two stages are named '{stage.Name}'", nameof(stages));
        }
        Stages = stages;
    }

    public IReadOnlyList<IRunStage> Stages { get; }

    /// <summary>
    /// The stages that <paramref name="job"/> needs: all that are not on demand for <c>nightly</c> and <c>delta</c>, else that stage and everything it takes
    /// from.
    /// </summary>
    public IReadOnlyList<IRunStage> For(string job)
    {
        if (job is RunRequest.Nightly or RunRequest.Delta) return [.. Stages.Where(s => !s.OnDemand)];
        var needed = new HashSet<string>(StringComparer.Ordinal) { Find(job, "job").Name };
        foreach (var stage in Stages.Reverse())
            if (needed.Contains(stage.Name)) needed.UnionWith(stage.Inputs.Select(i => i.Stage));
        return [.. Stages.Where(s => needed.Contains(s.Name))];
    }

    /// <summary><paramref name="from"/> and everything that takes from it.</summary>
    public IReadOnlySet<string> Downstream(string from)
    {
        var forced = new HashSet<string>(StringComparer.Ordinal) { Find(from, "--from").Name };
        foreach (var stage in Stages)
            if (stage.Inputs.Any(i => forced.Contains(i.Stage))) forced.Add(stage.Name);
        return forced;
    }

    private IRunStage Find(string name, string what) =>
        Stages.FirstOrDefault(s => s.Name == name)
        ?? throw new ConfigurationException(
            $"{what} is '{name}'; "
            + $"expected one of {(what == "job" ? $"{RunRequest.Nightly}, {RunRequest.Delta}, " : "")}{string.Join(", ", Stages.Select(s => s.Name))}");
}
