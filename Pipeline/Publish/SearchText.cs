namespace Recsys.Batch.Pipeline.Publish;

/// <summary>What searches look through: lower case is made here, alike for every engine, whose own knows more or fewer letters.</summary>
internal static class SearchText
{
    public static string Of(ItemTitle item) => $"{item.ItemId} {item.Title} {item.Category}".ToLowerInvariant();

    /// <summary>The words that were typed, in lower case, at most eight.</summary>
    public static string[] Words(string typed) =>
        [.. typed.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(8)];

    /// <summary>The first text that no longer starts with <paramref name="prefix"/>, in the order of UTF-8 bytes.</summary>
    public static string After(string prefix) => prefix + "\U0010FFFF";
}
