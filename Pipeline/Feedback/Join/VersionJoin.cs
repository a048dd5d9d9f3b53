using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>One list that a user saw.</summary>
/// <param name="Clicks">Distinct items of it that were clicked.</param>
internal readonly record struct ImpressionList(int User, int Context, int Arm, int Clicks);

/// <summary>Joins the rows of one version to its lists, which are read once, and makes each user's list that was seen an entry.</summary>
/// <param name="of">Indices of its rows.</param>
/// <param name="clockSkew">Microseconds by which clocks may differ.</param>
internal sealed class VersionJoin(
    IParquetReader reader, FeedbackRows rows, PublishedVersion version, int[] of, long clockSkew, CancellationToken cancellation)
{
    private readonly List<ShownItem> _shown = [];
    private Dictionary<int, (int Context, int Arm)> _draws = [];
    private ulong[] _pairs = [];
    private ListedPlaces _places = ListedPlaces.None;

    public PublishedVersion Version { get; } = version;

    /// <summary>Rows of the version by user, item, kind and time, once they are judged.</summary>
    public int[] Rows { get; } = of;

    /// <summary>What users were shown of it; filled by <see cref="Lists"/>, whose lists it numbers.</summary>
    public IReadOnlyList<ShownItem> Shown => _shown;

    /// <summary>Sets the status of every row of the version.</summary>
    public void Judge()
    {
        Array.Sort(Rows, Compare);
        var keys = new List<ulong>();
        foreach (int row in Rows)
            if (keys.Count == 0 || keys[^1] != Key(row)) keys.Add(Key(row));
        _pairs = [.. keys];
        _places = ListedPlaces.Read(reader, Version.ListFiles, rows, _pairs, cancellation);
        Judge(_pairs, _places.Ranks, _places.Users);
        _draws = ReadDraws(_places.Users);
    }

    private ulong Key(int row) => (ulong)(uint)rows.Users[row] << 32 | (uint)rows.Items[row];

    private int Compare(int a, int b)
    {
        int order = Key(a).CompareTo(Key(b));
        if (order == 0) order = rows.Kinds[a].CompareTo(rows.Kinds[b]);
        if (order == 0) order = rows.Scales[a].CompareTo(rows.Scales[b]);
        if (order == 0) order = rows.Times[a].CompareTo(rows.Times[b]);
        return order != 0 ? order : a.CompareTo(b);
    }

    private void Judge(ulong[] pairs, int[] ranks, HashSet<int> users)
    {
        long created = Version.Created is { } moment ? ClickTimes.SecondOf(moment) - clockSkew : long.MinValue;
        var shown = new Impressions();
        for (int i = 0, pair = 0; i < Rows.Length; i++)
        {
            int row = Rows[i];
            if (pairs[pair] != Key(row))
            {
                pair++;
                shown = new Impressions();
            }
            bool again = i > 0 && IsAgain(Rows[i - 1], row);
            // Impressions of a pair come before its clicks, and these before its purchases.
            rows.Statuses[row] =
                !users.Contains(rows.Users[row]) ? FeedbackStatus.UnknownUser
                : ranks[pair] == 0 ? FeedbackStatus.NotOnList
                : rows.Ranks[row] != 0 && rows.Ranks[row] != ranks[pair] ? FeedbackStatus.OtherRank
                : again ? FeedbackStatus.Duplicate
                : rows.Scales[row] == ClickTimes.Absolute && rows.Times[row] < created ? FeedbackStatus.BeforeVersion
                : rows.Kinds[row] == FeedbackKind.Impression ? FeedbackStatus.Joined
                : shown.Count == 0 ? FeedbackStatus.ClickWithoutImpression
                : shown.AreAllAfter(rows.Scales[row], rows.Times[row], clockSkew) ? FeedbackStatus.ClickBeforeImpression
                : FeedbackStatus.Joined;
            if (rows.Statuses[row] == FeedbackStatus.Joined && rows.Kinds[row] == FeedbackKind.Impression) shown.Add(rows.Scales[row], rows.Times[row]);
        }
    }

    private bool IsAgain(int before, int row) =>
        Key(before) == Key(row) && rows.Kinds[before] == rows.Kinds[row] && rows.Times[before] == rows.Times[row] && rows.Scales[before] == rows.Scales[row];

    /// <summary>Impressions of one item on one list.</summary>
    private struct Impressions
    {
        private byte _scale;
        private long _first;

        public int Count { get; private set; }

        public void Add(byte scale, long time)
        {
            if (Count++ == 0) (_scale, _first) = (scale, time);
            else if (_scale != scale) _scale = ClickTimes.Unordered;
            else _first = Math.Min(_first, time);
        }

        /// <summary>Not where their times cannot be held against the click's.</summary>
        public readonly bool AreAllAfter(byte scale, long time, long skew) =>
            scale == _scale && scale != ClickTimes.Unordered && time < _first - (scale == ClickTimes.Absolute ? skew : 0);
    }

    private Dictionary<int, (int Context, int Arm)> ReadDraws(HashSet<int> users)
    {
        var draws = new Dictionary<int, (int, int)>(users.Count);
        foreach (string file in Version.ArmFiles)
        {
            foreach (var batch in reader.Read(file, ["user_id", "context", "arm"], cancellation))
            {
                var (userIds, contexts, arms) = (
                    batch.Column<Utf8Column>("user_id"), batch.Column<ValueColumn<int>>("context"), batch.Column<ValueColumn<int>>("arm"));
                for (int row = 0; row < batch.RowCount; row++)
                {
                    int user = rows.UserIds.Find(userIds[row]);
                    if (user < 0 || !users.Contains(user)) continue;
                    var (context, arm) = (contexts.Values[row], arms.Values[row]);
                    if (context < 0 || context >= Version.Policy!.Contexts || Version.Policy.ArmOf(userIds[row], context) != arm)
                    {
                        throw new ArtifactException(
                            file,
                            $"row {batch.FirstRow + row} says that a user drew arm {arm} in context {context}, which the version's policy did not; "
                            + $"its files are of different nights: roll back to another version and delete this one");
                    }
                    draws[user] = (context, arm);
                }
            }
        }
        return draws;
    }

    /// <summary>The lists that users saw, by rows that are joined.</summary>
    public IReadOnlyList<ImpressionList> Lists()
    {
        int[] of = Rows;
        var lists = new List<ImpressionList>();
        int i = 0;
        while (i < of.Length)
        {
            int user = rows.Users[of[i]];
            bool seen = false;
            int clicks = 0;
            ulong last = ulong.MaxValue;
            for (; i < of.Length && rows.Users[of[i]] == user; i++)
            {
                if (rows.Statuses[of[i]] != FeedbackStatus.Joined) continue;
                seen = true;
                // A click or purchase that is joined has an impression that is.
                if (Key(of[i]) != last) _shown.Add(_places.Shown(lists.Count, rows.Items[of[i]], Array.BinarySearch(_pairs, last = Key(of[i]))));
                if (rows.Kinds[of[i]] == FeedbackKind.Purchase) _shown[^1] = _shown[^1] with { IsBought = true };
                if (rows.Kinds[of[i]] != FeedbackKind.Click || _shown[^1].IsClicked) continue;
                _shown[^1] = _shown[^1] with { IsClicked = true };
                clicks++;
            }
            if (!seen) continue;
            if (!_draws.TryGetValue(user, out var draw))
            {
                throw new ArtifactException(
                    Version.ListFiles[0],
                    "a user has a list and no row in list_arms; the version's files are of different nights: roll back to another version and delete this one");
            }
            lists.Add(new ImpressionList(user, draw.Context, draw.Arm, clicks));
        }
        return lists;
    }
}
