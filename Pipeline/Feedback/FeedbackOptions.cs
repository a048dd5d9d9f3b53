using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Feedback.Learning;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback;

/// <summary>What a list that was seen is worth.</summary>
internal enum ListReward
{
    /// <summary>Distinct items of it that were clicked.</summary>
    Clicks = 0,

    /// <summary>1 where any was clicked, else 0.</summary>
    AnyClick = 1,
}

/// <summary>Section <c>Feedback</c>: where impressions and clicks are, and how far a night may move the diversity policy.</summary>
internal sealed class FeedbackOptions : IStageOptions
{
    /// <summary>Logs of what was shown and clicked, in one file or in several. Job <c>feedback</c> needs at least one.</summary>
    public List<FeedbackLogOptions> Logs { get; set; } = [];

    /// <summary>
    /// Whether log files that were read before are hashed again each time; without, a change that leaves a file's size and time as they were goes unseen.
    /// </summary>
    public bool VerifyKnownFiles { get; set; }

    public ListReward Reward { get; set; } = ListReward.Clicks;

    /// <summary>
    /// Effective users (Kish) below which nothing is concluded of a policy, and below which of an arm's no context moves, 10 to 1,000,000,000.
    /// </summary>
    public int MinEffectiveUsers { get; set; } = 100;

    /// <summary>
    /// Effective clicks (users who clicked, by Kish) below which nothing is concluded of a policy, and below which of an arm's no context moves, 1 to
    /// 1,000,000,000.
    /// </summary>
    public int MinClicks { get; set; } = 25;

    /// <summary>Lists that one user counts for at most, 1 to 1,000,000: who saw more has all of them counted, each for less.</summary>
    public int MaxListsPerUser { get; set; } = 7;

    /// <summary>Epsilon of the clipped objective: how far the ratio of an arm's new probability to its old one is rewarded, 0.01 to 0.9.</summary>
    public double Clip { get; set; } = 0.2;

    /// <summary>The most by which a night moves the probability of any arm, over 0 up to 1.</summary>
    public double MaxChange { get; set; } = 0.1;

    /// <summary>
    /// Chance, 0.0001 to 0.5, that a policy whose arms do not differ ever moves, however many nights look at it: each look spends a part of it, and what was
    /// spent is kept in <c>evidence.json</c>.
    /// </summary>
    public double FalseMoves { get; set; } = 0.05;

    /// <summary>Parts of users, 2 to 20: what a doubly robust estimate expects of a user was learned from the other parts.</summary>
    public int Folds { get; set; } = 10;

    /// <summary>Accounts whose clicks count for nothing.</summary>
    public ClickBotOptions Bots { get; set; } = new();

    /// <summary>
    /// Seconds, 0 to 86,400, by which clocks of a shop may differ: a click so much before its impression, or a row so much before its version, still counts.
    /// </summary>
    public double MaxClockSkew { get; set; }

    /// <summary>Share of rows that belong to no published list above which the run warns, 0 to 1.</summary>
    public double WarnRejectedShare { get; set; } = 0.1;

    public void Validate(OptionsCheck check)
    {
        check
            .Require(Enum.IsDefined(Reward), Reward, "Clicks or AnyClick")
            .InRange(MinEffectiveUsers, 10, 1_000_000_000)
            .InRange(MinClicks, 1, 1_000_000_000)
            .InRange(MaxListsPerUser, 1, 1_000_000)
            .InRange(Clip, 0.01, 0.9)
            .Require(MaxChange > 0 && MaxChange <= 1, MaxChange, "a number over 0, at most 1")
            .InRange(FalseMoves, 0.0001, 0.5)
            .InRange(Folds, 2, 20)
            .Nested(Bots)
            .InRange(MaxClockSkew, 0, 86_400)
            .InRange(WarnRejectedShare, 0, 1);
        for (int i = 0; i < Logs.Count; i++) Logs[i].Validate(check, $"Logs:{i}");
        check.Require(
            Logs.Select(l => l.Name).Distinct(StringComparer.Ordinal).Count() == Logs.Count,
            string.Join(", ", Logs.Select(l => l.Name)), "a name of its own for each log", nameof(Logs));
    }

    /// <exception cref="ConfigurationException">No log is configured.</exception>
    public void RequireLogs()
    {
        if (Logs.Count == 0)
        {
            throw new ConfigurationException(
                "Feedback:Logs is empty; job feedback expects at least one log of impressions and clicks: Feedback:Logs:0:Path and Feedback:Logs:0:Columns "
                + "with User, Item, Version and Kind (a log without kinds says Feedback:Logs:0:DefaultKind)");
        }
    }

    internal StepBounds Bounds(double floor) => new(Clip, floor, MaxChange);
}

/// <summary>One log: where its files are and what its columns mean.</summary>
internal sealed class FeedbackLogOptions
{
    /// <summary>Name before a file's name in reports (<c>name:2026/01.parquet</c>).</summary>
    public string Name { get; set; } = "feedback";

    /// <summary>A Parquet file, a folder (all Parquet files below it, whatever their ending) or a glob.</summary>
    public string Path { get; set; } = "";

    public FeedbackColumns Columns { get; set; } = new();

    /// <summary><c>impression</c>, <c>click</c> or <c>purchase</c>: kind of every row where <see cref="FeedbackColumns.Kind"/> is not mapped.</summary>
    public string DefaultKind { get; set; } = "impression";

    /// <summary>What a plain number in the time column counts since 1970-01-01; left out, numbers are only compared with each other.</summary>
    public TimestampUnit? EpochUnit { get; set; }

    /// <summary>
    /// Raw value of the kind column -> impression, click or purchase. A value that it does not name keeps its standard name, where it is one of these.
    /// </summary>
    public Dictionary<string, string> KindMap { get; set; } = [];

    internal void Validate(OptionsCheck check, string key)
    {
        check.NotEmpty(Path, "a Parquet file, a folder or a glob", key + ":Path")
            .NotEmpty(Name, "a name", key + ":Name")
            .NotEmpty(Columns.User, "the column that holds the user's id", key + ":Columns:User")
            .NotEmpty(Columns.Item, "the column that holds the item's id", key + ":Columns:Item")
            .NotEmpty(Columns.Version, "the column that holds the version whose list was shown", key + ":Columns:Version")
            .Require(FeedbackKinds.Of(DefaultKind) is not null, DefaultKind, FeedbackKinds.Names, key + ":DefaultKind")
            .Require(KindMap.Count == 0 || Columns.Kind is not null, null, "the column that KindMap speaks of", key + ":Columns:Kind");
        foreach (var (raw, kind) in KindMap) check.Require(FeedbackKinds.Of(kind) is not null, kind, FeedbackKinds.Names, $"{key}:KindMap:{raw}");
    }
}

/// <summary>Names of a log's columns; null is a column that the log does not have. Ids are text or whole numbers, as the published lists have them.</summary>
internal sealed class FeedbackColumns
{
    /// <summary>Column of the user's id. Needed.</summary>
    public string? User { get; set; }

    /// <summary>Column of the item's id. Needed.</summary>
    public string? Item { get; set; }

    /// <summary>The version whose list was shown: what <c>current_user_recommendations</c> or the API's <c>ETag</c> named. Needed.</summary>
    public string? Version { get; set; }

    /// <summary>Column that says whether a row is an impression, a click or a purchase; left out, all rows are of the log's default kind.</summary>
    public string? Kind { get; set; }

    /// <summary>
    /// Where the item was shown, 1 for the first: a row whose rank is not the published one is set aside. Left out, ranks are taken to be the published ones.
    /// </summary>
    public string? Rank { get; set; }

    /// <summary>
    /// Tells one showing of an item from another and from a row that was logged twice, and a click from one before its impression: a timestamp, number or text.
    /// A timestamp, ISO 8601 text or a number with <c>EpochUnit</c> is held against the version's time too. Left out, each item of a list is taken to be
    /// shown and clicked once.
    /// </summary>
    public string? Time { get; set; }
}
