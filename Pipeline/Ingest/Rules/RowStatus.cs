namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>
/// What became of a row. Every row has exactly one status, so rows in = kept + merged + quarantined.
/// </summary>
internal enum RowStatus : byte
{
    /// <summary>The row stands for itself.</summary>
    Kept = 0,

    /// <summary>Equal to another row in user, item, time, kind, group, quantity and price.</summary>
    MergedDuplicate = 1,

    /// <summary>A return that was netted against earlier purchases of the same user and item, wholly or in part.</summary>
    NettedReturn = 2,

    /// <summary>A purchase of which later returns left nothing.</summary>
    NettedPurchase = 3,

    NullUser = 16,
    NullItem = 17,
    NullTime = 18,

    /// <summary>A rating without its value.</summary>
    NullValue = 19,
    UnreadableTime = 20,

    /// <summary>Outside of 1970 to 2106, or of the configured range.</summary>
    TimeOutOfRange = 21,

    /// <summary>After the as-of time. The row is kept in the state and counts once its time has come.</summary>
    TimeInFuture = 22,
    UnknownKind = 23,

    /// <summary>Zero, not finite, above the limit, or negative where that does not mean a return.</summary>
    ImpossibleQuantity = 24,
    ImpossiblePrice = 25,

    /// <summary>The item id or text matches a pattern of things that are not products.</summary>
    NonProduct = 26,
    OversizedId = 27,
    InvalidUtf8 = 28,

    /// <summary>A number with a fraction where an id was expected.</summary>
    UnreadableId = 29,

    /// <summary>A return of something that the log never saw the user buy.</summary>
    ReturnWithoutPurchase = 30,
    BotRate = 31,
    BotBreadth = 32,
    BotRegularity = 33,

    /// <summary>Of a user who asked to be forgotten.</summary>
    Forgotten = 34,
}

/// <summary>Names of statuses as reports and the quarantine file show them: <c>null_user</c>, <c>bot_rate</c>, ...</summary>
internal static class RowStatuses
{
    private static readonly string[] s_names = MakeNames();

    internal static int Count => s_names.Length;

    public static bool IsMerged(this RowStatus status) => status is > RowStatus.Kept and < RowStatus.NullUser;

    public static bool IsQuarantined(this RowStatus status) => status >= RowStatus.NullUser;

    /// <summary>Whether the row is a real event: kept, or one side of a netting.</summary>
    internal static bool IsEvent(this RowStatus status) =>
        status is RowStatus.Kept or RowStatus.NettedReturn or RowStatus.NettedPurchase or RowStatus.ReturnWithoutPurchase;

    public static string Name(this RowStatus status) => s_names[(int)status];

    private static string[] MakeNames()
    {
        var values = Enum.GetValues<RowStatus>();
        var names = new string[(int)values[^1] + 1];
        foreach (var value in values)
        {
            names[(int)value] = string.Concat(
                value.ToString().Select((c, i) => i > 0 && char.IsUpper(c) ? "_" + char.ToLowerInvariant(c) : char.ToLowerInvariant(c).ToString()));
        }
        return names;
    }
}
