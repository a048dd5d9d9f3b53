namespace Recsys.Batch.Pipeline.Feedback.Join;

internal enum FeedbackKind : byte
{
    Impression = 0,
    Click = 1,

    /// <summary>Of an item that was shown, clicked or not.</summary>
    Purchase = 2,
}

internal static class FeedbackKinds
{
    public const string Names = "impression, click or purchase";

    public static FeedbackKind? Of(string? name) =>
        "impression".Equals(name, StringComparison.OrdinalIgnoreCase) ? FeedbackKind.Impression
        : "click".Equals(name, StringComparison.OrdinalIgnoreCase) ? FeedbackKind.Click
        : "purchase".Equals(name, StringComparison.OrdinalIgnoreCase) ? FeedbackKind.Purchase : null;
}

/// <summary>What became of a row. Every row has exactly one status, so rows in = joined + rejected; the first that applies counts.</summary>
internal enum FeedbackStatus : byte
{
    /// <summary>Belongs to a published list.</summary>
    Joined = 0,

    NullUser,
    NullItem,
    NullVersion,
    NullTime,
    NullRank,
    UnknownKind,

    /// <summary>No complete version of that name is kept.</summary>
    UnknownVersion,

    /// <summary>The version's lists were not drawn (<c>Diversify:Explore:Enabled</c> was false): nothing can be learned from them.</summary>
    NotDrawn,

    /// <summary>The version's lists were drawn among other arms or contexts than those in force.</summary>
    OtherArms,

    /// <summary>The user has no list in that version.</summary>
    UnknownUser,

    /// <summary>The item is not on the user's list in that version.</summary>
    NotOnList,

    /// <summary>The item stands at another rank of that list.</summary>
    OtherRank,

    /// <summary>Equal to another row in user, item, version, kind and time.</summary>
    Duplicate,

    /// <summary>A click or purchase of an item of which no impression is known.</summary>
    ClickWithoutImpression,

    /// <summary>A click or purchase of an item whose impressions are all later.</summary>
    ClickBeforeImpression,

    /// <summary>Earlier than the version was made.</summary>
    BeforeVersion,

    /// <summary>Of an account that clicked nearly all that it was shown.</summary>
    BotClickShare,

    /// <summary>Of an account that clicks far more often than customers do.</summary>
    BotClickRate,

    /// <summary>Of an account that clicks oftener in a second than a person can.</summary>
    BotBurst,

    /// <summary>Of a user who asked to be forgotten.</summary>
    Forgotten,
}

internal static class FeedbackStatuses
{
    private static readonly string[] Names = [.. Enum.GetNames<FeedbackStatus>().Select(Spelled)];

    public static int Count => Names.Length;

    /// <summary><c>unknown_version</c>, <c>not_on_list</c>, ...</summary>
    public static string Name(this FeedbackStatus status) => Names[(int)status];

    private static string Spelled(string name) =>
        string.Concat(name.Select((c, i) => i > 0 && char.IsUpper(c) ? $"_{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
