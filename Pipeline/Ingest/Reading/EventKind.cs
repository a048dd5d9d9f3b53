namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>What a row of a log says happened. Returns sort after purchases, so that within one second a purchase can be returned.</summary>
internal enum EventKind : byte
{
    Impression = 0,
    View = 1,
    Click = 2,
    Cart = 3,
    Rating = 4,
    Purchase = 5,
    Return = 6,

    /// <summary>The user does not want to see the item again.</summary>
    Hide = 7,
}

/// <summary>Names of kinds as configuration and reports write them.</summary>
internal static class EventKinds
{
    internal const int Count = 8;

    private static readonly string[] s_names = ["impression", "view", "click", "cart", "rating", "purchase", "return", "hide"];

    public static IReadOnlyList<string> Names => s_names;

    public static string Name(this EventKind kind) => s_names[(int)kind];

    public static bool TryParse(string? text, out EventKind kind)
    {
        int at = Array.FindIndex(s_names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase));
        kind = (EventKind)Math.Max(0, at);
        return at >= 0;
    }
}
