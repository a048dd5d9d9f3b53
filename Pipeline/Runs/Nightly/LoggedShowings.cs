using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Experiment;
using Recsys.Batch.Pipeline.Feedback.Join;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Impressions of the feedback logs by user, item and version, as the log of purchases numbers them. Rows without a time that is one say nothing.
/// </summary>
internal sealed class LoggedShowings : IShownItems
{
    private readonly Dictionary<(ulong Pair, string Version), List<long>> _seconds = [];

    public long? LastShown(int user, int item, string version, long second)
    {
        if (!_seconds.TryGetValue((ListedItems.KeyOf(user, item), version), out var seconds)) return null;
        int at = seconds.BinarySearch(second);
        if (at < 0) at = ~at - 1;
        return at < 0 ? null : seconds[at];
    }

    public static LoggedShowings Of(FeedbackRows rows, IdMap users, IdMap items)
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
