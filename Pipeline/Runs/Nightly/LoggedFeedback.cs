using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>The feedback logs as they are, for stages that keep no row of them.</summary>
internal static class LoggedFeedback
{
    private const string Scratch = "impressions";

    /// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
    public static FeedbackRows Read(IParquetReader reader, FeedbackOptions options, SuppressionList? suppressed, StageWork work)
    {
        // What the reader keeps for a next time names users: here nothing does.
        string scratch = work.Output(Scratch);
        Directory.CreateDirectory(scratch);
        try
        {
            return new FeedbackReader(reader, options, before: null, scratch, work.Context)
            {
                IsForgotten = suppressed is { Count: > 0 } ? suppressed.Contains : null,
            }.Read();
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }
}
