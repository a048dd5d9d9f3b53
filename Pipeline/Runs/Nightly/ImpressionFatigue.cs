using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Join;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Items that users were shown often and did not click: how often, by user and item, as an artifact of the stage. Candidates among them lose relevance, and
/// with it their place.
/// </summary>
internal sealed class ImpressionFatigue
{
    private const string File = "fatigue.bin";
    private const long MicrosPerDay = 86_400_000_000;

    private readonly ulong[] _pairs;
    private readonly int[] _counts;

    private ImpressionFatigue(ulong[] pairs, int[] counts) => (_pairs, _counts) = (pairs, counts);

    /// <summary>Pairs that are tired of.</summary>
    public int Count => _pairs.Length;

    /// <param name="rows">Rows of the logs, read and not judged.</param>
    /// <param name="users">By which the log's users are numbered here.</param>
    public static ImpressionFatigue Of(FeedbackRows rows, IdMap users, IdMap items, FatigueOptions options)
    {
        var known = Enumerable.Range(0, rows.Count).Where(r => rows.Statuses[r] == FeedbackStatus.Joined).ToArray();
        long newest = known.Where(r => rows.Scales[r] == ClickTimes.Absolute).Select(r => rows.Times[r]).DefaultIfEmpty().Max();
        var clicked = new HashSet<ulong>();
        var shown = new HashSet<(ulong Pair, int Version, long Time)>();
        foreach (int row in known)
        {
            int user = users.Find(rows.UserIds[rows.Users[row]]), item = items.Find(rows.ItemIds[rows.Items[row]]);
            if (user < 0 || item < 0) continue;
            ulong pair = KeyOf(user, item);
            if (rows.Kinds[row] != FeedbackKind.Impression) clicked.Add(pair);
            // What has no time that is one counts as new; rows that were logged twice count once.
            else if (rows.Scales[row] != ClickTimes.Absolute || rows.Times[row] > newest - options.Days * MicrosPerDay)
                shown.Add((pair, rows.Versions[row], rows.Times[row]));
        }
        var tired = shown.CountBy(s => s.Pair).Where(s => s.Value >= options.Impressions && !clicked.Contains(s.Key)).OrderBy(s => s.Key).ToArray();
        return new ImpressionFatigue([.. tired.Select(t => t.Key)], [.. tired.Select(t => t.Value)]);
    }

    public void Write(StageWork work)
    {
        using var to = new ArtifactWriter(work.Output(File));
        to.Write("pairs", _pairs).Write("counts", _counts);
        to.Complete();
    }

    public static ImpressionFatigue Read(StageWork work)
    {
        var from = new ArtifactReader(work.Output(File));
        return new ImpressionFatigue(from.Read<ulong>("pairs"), from.Read<int>("counts"));
    }

    /// <summary>
    /// The same candidates in the order of what relevance is left. The scale stays that of the scores as they came, so that a user who is tired of the best
    /// does not take the next for as good.
    /// </summary>
    public CandidateBlock Apply(CandidateBlock candidates, FatigueOptions options)
    {
        CandidateBlock? changed = null;
        for (int u = 0; u < candidates.Users.Length; u++)
        {
            int count = ReorderedCandidates.Own(candidates, u);
            if (count == 0) continue;
            float low = candidates.Scales?[u].Low ?? candidates.ScoresOf(u)[count - 1];
            int first = u * candidates.Depth;
            bool isTired = false;
            for (int k = 0; k < count; k++)
            {
                int at = Array.BinarySearch(_pairs, KeyOf(candidates.Users[u], candidates.Items[first + k]));
                if (at < 0) continue;
                isTired = true;
                changed ??= ReorderedCandidates.Copy(candidates);
                float left = (float)Math.Pow(options.Factor, _counts[at] - options.Impressions + 1);
                changed.Scores[first + k] = low + (candidates.Scores[first + k] - low) * left;
            }
            if (isTired) ReorderedCandidates.Sort(changed!, u);
        }
        return changed ?? candidates;
    }

    private static ulong KeyOf(int user, int item) => (ulong)(uint)user << 32 | (uint)item;
}
