using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

/// <summary>What becomes of an execution after an attempt.</summary>
/// <param name="State">Its state from now on; <see cref="ExecutionState.Queued"/> where it comes again.</param>
/// <param name="Again">Wait before it comes again; null where it does not.</param>
/// <param name="NextAttempt">Whether coming again counts as another attempt.</param>
internal sealed record Verdict(ExecutionState State, string? Message, TimeSpan? Again = null, bool NextAttempt = false);
