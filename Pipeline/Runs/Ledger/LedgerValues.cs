using System.Globalization;

namespace Recsys.Batch.Pipeline.Runs.Ledger;

/// <summary>How the ledgers read values of both engines: SQLite keeps times as ISO 8601 text in UTC, PostgreSQL as <c>timestamptz</c>.</summary>
internal static class LedgerValues
{
    public static DateTimeOffset Time(object value) => value is DateTime time
        ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Utc))
        : DateTimeOffset.Parse((string)value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static DateTimeOffset? TimeOrNull(object? value) => value is null ? null : Time(value);
}
