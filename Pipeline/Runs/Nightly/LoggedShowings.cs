using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Impressions of the feedback logs by user, item and version, as the log of purchases numbers them. Rows without a time that is one say nothing.
/// </summary>
internal sealed class LoggedShowings : IShownItems
{
    private const string Scratch = "impressions";

    private readonly Dictionary<(ulong Pair, string Version), List<long>> _seconds = [];

    public long? LastShown(int user, int item, string version, long second)
    {
        if (!_seconds.TryGetValue((ListedItems.KeyOf(user, item), version), out var seconds)) return null;
        int at = seconds.BinarySearch(second);
        if (at < 0) at = ~at - 1;
        return at < 0 ? null : seconds[at];
    }

    public static LoggedShowings Read(
        IParquetReader reader, FeedbackOptions options, SuppressionList? suppressed, IdMap users, IdMap items, StageWork work)
    {
        // What the reader keeps for a next time names users: here nothing does.
        string scratch = work.Output(Scratch);
        Directory.CreateDirectory(scratch);
        try
        {
            var rows = new FeedbackReader(reader, options, before: null, scratch, work.Context)
            {
                IsForgotten = suppressed is { Count: > 0 } ? suppressed.Contains : null,
            }.Read();
            return Of(rows, users, items);
        }
        finally
        {
            Directory.Delete(scratch, recursive: true);
        }
    }

    private static LoggedShowings Of(FeedbackRows rows, IdMap users, IdMap items)
    {
        var shown = new LoggedShowings();
        string[] versions = [.. Enumerable.Range(0, rows.VersionIds.Count).Select(v => Encoding.UTF8.GetString(rows.VersionIds[v]))];
        for (int row = 0; row < rows.Count; row++)
        {
            if (rows.Statuses[row] != FeedbackStatus.Joined || rows.Kinds[row] != FeedbackKind.Impression || rows.Scales[row] != ClickTimes.Absolute) continue;
            int user = users.Find(rows.UserIds[rows.Users[row]]), item = items.Find(rows.ItemIds[rows.Items[row]]);
            if (user < 0 || item < 0) continue;
            var key = (ListedItems.KeyOf(user, item), versions[rows.Versions[row]]);
            if (!shown._seconds.TryGetValue(key, out var seconds)) shown._seconds[key] = seconds = [];
            seconds.Add(ClickTimes.Second(rows.Times[row]));
        }
        foreach (var seconds in shown._seconds.Values) seconds.Sort();
        return shown;
    }
}
