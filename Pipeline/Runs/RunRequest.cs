namespace Recsys.Batch.Pipeline.Runs;

/// <param name="Job"><c>nightly</c> for every stage, <c>delta</c> for new events without training, or the last stage wanted.</param>
/// <param name="From">Runs this stage and all that take from it, even where nothing changed.</param>
internal sealed record RunRequest(string Job = RunRequest.Nightly, string? From = null)
{
    /// <summary>What a gate refuses and this run publishes all the same; null for nothing.</summary>
    public GateAcceptance? Accepts { get; init; }

    public const string Nightly = "nightly";

    public const string Delta = "delta";
}
