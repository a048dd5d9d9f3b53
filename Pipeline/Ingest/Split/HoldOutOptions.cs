using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Split;

/// <summary>
/// How the log is cut for evaluation. Of <see cref="Cut"/>, <see cref="Days"/> and <see cref="Share"/> the first that is set rules; the validation
/// window is taken from what lies before the cut in the same way. A log without time is split per user, seeded, by <see cref="Share"/>.
/// </summary>
internal sealed class HoldOutOptions
{
    /// <summary>First moment of the test window, ISO 8601, UTC (<c>2011-10-01</c>).</summary>
    public string? Cut { get; set; }

    /// <summary>Length of the test window in days, counted back from the newest row, 0 to 36,500; 0 is unset.</summary>
    public double Days { get; set; }

    /// <summary>Share of the positive events (without time: of each user's pairs) that go to the test window, in (0, 0.9].</summary>
    public double Share { get; set; } = 0.2;

    /// <summary>First moment of the validation window, ISO 8601, UTC.</summary>
    public string? ValidationCut { get; set; }

    /// <summary>Length of the validation window in days, counted back from the cut, 0 to 36,500; 0 is unset.</summary>
    public double ValidationDays { get; set; }

    /// <summary>Share of the positive events before the cut that go to the validation window, in (0, 0.9].</summary>
    public double ValidationShare { get; set; } = 0.2;

    /// <summary>Kinds that are a success in a test window. Empty: purchases and ratings, or every kind with a weight where the log has neither.</summary>
    public List<string> TestKinds { get; set; } = [];

    internal void Validate(OptionsCheck check)
    {
        Moment(check, Cut, "HoldOut:Cut");
        Moment(check, ValidationCut, "HoldOut:ValidationCut");
        if (IsoTime.TryParse(Cut, out long cut) && IsoTime.TryParse(ValidationCut, out long validation))
            check.Require(validation < cut, ValidationCut, $"a moment before HoldOut:Cut ({Cut})", "HoldOut:ValidationCut");
        check.InRange(Days, 0, 36_500, "HoldOut:Days").InRange(ValidationDays, 0, 36_500, "HoldOut:ValidationDays");
        check.Require(Share is > 0 and <= 0.9, Share, "a share in (0, 0.9]", "HoldOut:Share");
        check.Require(ValidationShare is > 0 and <= 0.9, ValidationShare, "a share in (0, 0.9]", "HoldOut:ValidationShare");
        foreach (string kind in TestKinds)
            check.Require(EventKinds.TryParse(kind, out _), kind, "one of " + string.Join(", ", EventKinds.Names), "HoldOut:TestKinds");
    }

    internal static void Moment(OptionsCheck check, string? value, string key) =>
        check.Require(
            value is null || (IsoTime.TryParse(value, out long s) && s is >= 0 and <= uint.MaxValue),
            value, "a date or time as ISO 8601 (2011-10-01 or 2011-10-01T06:00:00Z)", key);
}
