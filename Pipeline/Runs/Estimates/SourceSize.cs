namespace Recsys.Batch.Pipeline.Runs.Estimates;

/// <summary>How much there is to read: what the time of a night is measured by.</summary>
/// <param name="Rows">Rows of the whole log.</param>
/// <param name="NewRows">Those of them that no finished work has read.</param>
internal sealed record SourceSize(long Rows, long NewRows)
{
    /// <summary>The metrics under which the stage that reads the log leaves both.</summary>
    public const string RowsMetric = "ingest.log_rows", NewRowsMetric = "ingest.rows";

    /// <summary>What a finished stage read; null where it reads no log, or a version of the program made it that did not say.</summary>
    public static SourceSize? Of(StageManifest manifest) =>
        manifest.Metrics.TryGetValue(RowsMetric, out double rows) && manifest.Metrics.TryGetValue(NewRowsMetric, out double fresh)
            ? new SourceSize((long)rows, (long)fresh)
            : null;
}
