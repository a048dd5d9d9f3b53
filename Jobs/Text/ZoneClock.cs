using System.Globalization;

namespace Recsys.Batch.Jobs.Text;

/// <summary>
/// Moments as a wall clock of one zone shows them, with the zone's IANA name beside the time of day: the program's culture knows no other names. Days of data
/// are no moments, and stay as the data have them.
/// </summary>
internal sealed class ZoneClock(TimeZoneInfo zone)
{
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;

    public static ZoneClock Utc { get; } = new(TimeZoneInfo.Utc);

    /// <summary><c>UTC</c> or <c>Europe/Berlin</c>.</summary>
    public string Zone { get; } = zone.Id;

    public bool IsUtc => Zone == Utc.Zone;

    /// <exception cref="TimeZoneNotFoundException">There is no such zone; <see cref="Expected"/> says what there is.</exception>
    public static ZoneClock Of(string zone) => new(TimeZoneInfo.FindSystemTimeZoneById(zone));

    /// <summary>Whether this machine knows the zone.</summary>
    public static bool Knows(string zone) => TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _);

    /// <summary>What was expected in the place of a name that is no zone's; nothing where it is one, since to look at all of them takes a while.</summary>
    public static string Expected(string zone)
    {
        if (Knows(zone)) return "";
        var all = TimeZoneInfo.GetSystemTimeZones();
        if (all.Count <= 1) return "UTC, the only zone that this machine knows: its package tzdata has the others";
        string city = zone.Split('/')[^1].Trim().Replace(' ', '_');
        string[] near = [.. all.Select(z => z.Id)
            .Where(id => city.Length > 2 && id.Split('/')[^1].Contains(city, StringComparison.OrdinalIgnoreCase))
            .OrderBy(id => id.Length).ThenBy(id => id, StringComparer.Ordinal).Take(3)];
        return "the IANA name of a time zone, for example " + (near.Length > 0 ? string.Join(" or ", near) : "UTC or Europe/Berlin");
    }

    /// <summary><c>24 Nov 2026, 03:00 UTC</c>; in the hour that comes twice in a year with its offset too.</summary>
    public string Moment(DateTimeOffset time) => $"{Local(time).ToString("d MMM yyyy, HH:mm", Culture)} {Named(time)}";

    /// <summary><c>2026-11-24 03:00 UTC</c>, for texts that programs may read too.</summary>
    public string Minute(DateTimeOffset time) => $"{Local(time).ToString("yyyy-MM-dd HH:mm", Culture)} {Named(time)}";

    /// <summary><c>03:00:00</c>, where the zone is said beside it.</summary>
    public string Second(DateTimeOffset time) => Local(time).ToString("HH:mm:ss", Culture);

    public string Day(DateTimeOffset time) => Local(time).ToString("d MMM", Culture);

    public string FullDay(DateTimeOffset time) => Local(time).ToString("d MMM yyyy", Culture);

    public string DayOfMonth(DateTimeOffset time) => Local(time).ToString("%d", Culture);

    public string Month(DateTimeOffset time) => Local(time).ToString("MMM", Culture);

    /// <summary>When a day begins in the zone: at the end of the gap where clocks leap over midnight, and at the first of two midnights.</summary>
    public DateTimeOffset Start(DateOnly day)
    {
        var midnight = day.ToDateTime(TimeOnly.MinValue);
        return new DateTimeOffset(midnight, zone.IsAmbiguousTime(midnight) ? zone.GetAmbiguousTimeOffsets(midnight).Max() : zone.GetUtcOffset(midnight));
    }

    private DateTimeOffset Local(DateTimeOffset time) => TimeZoneInfo.ConvertTime(time, zone);

    private string Named(DateTimeOffset time) => zone.IsAmbiguousTime(time) ? $"{Zone} (UTC{Local(time).ToString("zzz", Culture)})" : Zone;
}
