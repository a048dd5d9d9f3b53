using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Runs.Estimates;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>What a stage takes from another one. Only the files named here are part of its hash, and only they may be opened.</summary>
/// <param name="Files">Paths relative to that stage's folder; a trailing <c>/*</c> takes all files below a folder.</param>
internal sealed record StageInput(string Stage, params string[] Files)
{
    /// <summary>Whether the stage may have given none of them.</summary>
    public bool MayBeEmpty { get; init; }
}

/// <summary>A finished stage of an earlier run, taken over as it is.</summary>
/// <param name="Why">In words, for the ledger.</param>
internal sealed record ReusedWork(string RunId, string Why);

/// <summary>A stage as the graph sees it: a pure function of its inputs, sources and options to files in its folder.</summary>
internal interface IRunStage
{
    string Name { get; }

    /// <summary>Raised when the same inputs and options give other outputs; the identity of the compiled program is added to it.</summary>
    string CodeVersion { get; }

    IReadOnlyList<StageInput> Inputs { get; }

    /// <summary>All option sections that decide the outputs, as one object of sections.</summary>
    JsonNode? Options { get; }

    /// <summary>Identity of what lies outside of the run (log files): name and content hash.</summary>
    IReadOnlyDictionary<string, string> Sources() => System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>How much lies in its sources, at little cost; null where it has none, or that cannot be told.</summary>
    /// <param name="last">Its newest finished work; null where there is none.</param>
    SourceSize? Measure(StageManifest? last) => null;

    /// <summary>Why a finished result can no longer stand in for a run, though hash and files agree; null where it can.</summary>
    string? WhyStale(StageManifest finished) => null;

    /// <summary>Why the stage runs, where that says more than what has changed since it ran last.</summary>
    string? Because => null;

    /// <summary>What the ledger says of a night in which a finished result stands in: its own metrics, but for those that count work.</summary>
    IReadOnlyDictionary<string, double> WhenReused(IReadOnlyDictionary<string, double> metrics) => metrics;

    /// <summary>An earlier run's result that stands in for this stage whatever would go into it now; null where the stage's hash decides.</summary>
    ReusedWork? Taken => null;

    /// <summary>Whether the stage goes on from files that the same work had left in its folder; else it starts from an empty one.</summary>
    bool Resumable => false;

    /// <summary>Whether it runs only when a job asks for it by name, and is not a part of the night.</summary>
    bool OnDemand => false;

    Task RunAsync(StageWork work);
}

/// <summary>
/// A stage that goes on from what an earlier night came to. A run whose other inputs are those of finished work is handed what that work was handed, so that an
/// unchanged night stands in for itself; else the stage says what it takes.
/// </summary>
internal interface ICarryingStage : IRunStage
{
    /// <summary>What the stage takes over, by name and value; it decides the outputs. Empty where there is nothing.</summary>
    /// <param name="runId">The run that asks, which is no earlier one; null where none is open yet.</param>
    IReadOnlyDictionary<string, string> Carried(string? runId);
}
