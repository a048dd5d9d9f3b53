using System.Globalization;

namespace Recsys.Batch.Pipeline.Stage;

/// <summary>Levels of one constraint. A bound that is null does not bind.</summary>
internal sealed class Bounds
{
    /// <summary>A value below it is worth a warning.</summary>
    public double? WarnBelow { get; set; }

    /// <summary>A value below it stops the run; at most <see cref="WarnBelow"/>.</summary>
    public double? FailBelow { get; set; }

    /// <summary>A value above it is worth a warning.</summary>
    public double? WarnAbove { get; set; }

    /// <summary>A value above it stops the run; at least <see cref="WarnAbove"/>.</summary>
    public double? FailAbove { get; set; }

    internal void Validate(OptionsCheck check, string key)
    {
        check.Require(!(FailBelow > WarnBelow), FailBelow, $"at most {key}:WarnBelow ({WarnBelow})", key + ":FailBelow");
        check.Require(!(FailAbove < WarnAbove), FailAbove, $"at least {key}:WarnAbove ({WarnAbove})", key + ":FailAbove");
    }

    internal ConstraintLevel LevelOf(double value) =>
        value < FailBelow || value > FailAbove ? ConstraintLevel.Fail
        : value < WarnBelow || value > WarnAbove ? ConstraintLevel.Warn
        : ConstraintLevel.Pass;

    /// <summary>Both levels, as a gate says what it expected.</summary>
    internal string ToWords()
    {
        var words = new List<string>();
        if (WarnBelow is { } wb) words.Add($"at least {Number(wb)} (warn)");
        if (FailBelow is { } fb) words.Add($"at least {Number(fb)} (fail)");
        if (WarnAbove is { } wa) words.Add($"at most {Number(wa)} (warn)");
        if (FailAbove is { } fa) words.Add($"at most {Number(fa)} (fail)");
        return words.Count == 0 ? "anything" : string.Join(", ", words);
    }

    internal static string Number(double value) => value.ToString(Math.Abs(value) >= 1000 ? "N0" : "0.####", CultureInfo.InvariantCulture);
}
