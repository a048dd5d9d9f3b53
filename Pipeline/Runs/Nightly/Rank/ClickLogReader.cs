using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>The feedback logs as stage rank reads them, where the order is learned from clicks (<c>Rank:Learn</c>).</summary>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class ClickLogReader(FeedbackOptions feedback, IParquetReader reader, SuppressionList? suppressed)
{
    /// <summary>What the stage takes from ingest for it: ids, and where the test window begins.</summary>
    public static readonly string[] Inputs = [IngestArtifacts.Users, IngestArtifacts.Items, IngestArtifacts.HoldOut];

    /// <summary>What of the section decides which impressions there are.</summary>
    public object Options => new { feedback.Logs, feedback.Bots, feedback.MinClicks, feedback.MaxClockSkew };

    /// <summary>The logs, for the stage's identity.</summary>
    /// <exception cref="ParquetFileException">A log is not where it is said to be.</exception>
    public IEnumerable<KeyValuePair<string, string>> Sources()
    {
        for (int log = 0; log < feedback.Logs.Count; log++)
        {
            int number = 0;
            foreach (string file in Files(log))
                yield return KeyValuePair.Create($"impressions {feedback.Logs[log].Name} {++number:D5}", FileFingerprint.Of(file));
        }
        if (suppressed is { Count: > 0 }) yield return KeyValuePair.Create(IngestStep.Suppressed, suppressed.Identity());
    }

    /// <summary>
    /// Impressions from the window's first second up to the test window, on which the ranker is measured; none where the log of events has no times.
    /// </summary>
    /// <param name="ingest">Folder of stage ingest.</param>
    public ClickLog Read(HoldOut window, string ingest, StageWork work)
    {
        var rows = LoggedFeedback.Read(reader, feedback, suppressed, work);
        uint end = window.Cut == 0 ? 0 : IngestArtifacts.ReadHoldOut(ingest).Cut;
        return new ClickLog(
            WindowImpressions.Of(rows, IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest), window.Cut, end, feedback), feedback.MinClicks);
    }

    private IReadOnlyList<string> Files(int log)
    {
        try
        {
            return reader.Expand(feedback.Logs[log].Path);
        }
        catch (ParquetFileException e)
        {
            throw new ParquetFileException(
                e.File, $"{e.Cause}; Feedback:Logs:{log}:Path names it, and Rank:Learn is Clicks: expected a log of impressions and clicks there, or "
                + "Rank:Learn=Purchases", e);
        }
    }
}
