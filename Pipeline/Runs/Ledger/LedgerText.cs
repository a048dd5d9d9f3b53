using System.Globalization;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>How the ledgers spell values in SQLite: times as ISO 8601 in UTC to the millisecond, so that their order is that of the texts.</summary>
internal static class LedgerText
{
    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static DateTimeOffset? TimeOrNull(string? text) => text is null ? null : Time(text);

    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

    public static string? Of(DateTimeOffset? time) => time is { } t ? Of(t) : null;

    public static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
