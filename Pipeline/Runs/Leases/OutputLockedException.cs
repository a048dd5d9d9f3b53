using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Leases;

/// <summary>Another one is the writer of the output store. Exit code 1; nothing was touched.</summary>
/// <param name="runId">The run that the holder is in; null where it is in none.</param>
internal sealed class OutputLockedException(WriterInfo holder, string? runId) : RunFailedException(
    $"the output store is being written by {holder.Node}: "
    + $"{(holder.Job.Length > 0 ? holder.Job : "a job")}{(runId is null ? "" : $", run {runId}")}{(holder.JobId is null ? "" : $", job {holder.JobId}")}; "
    + $"wait for it to end, or cancel it")
{
    public WriterInfo Holder { get; } = holder;

    public string? RunId { get; } = runId;
}
