using System.Globalization;
using System.Text.Json.Serialization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>One model that was measured.</summary>
/// <param name="Round">What it was tried for: <c>last</c> (what served last night), <c>families</c>, <c>options</c>, <c>blend</c>,
/// <c>trend</c>, <c>text</c> or <c>disliked</c>.</param>
/// <param name="Model">In words: the trainer, and what differs from the configuration.</param>
/// <param name="Ndcg">On the validation window; NaN where it failed.</param>
/// <param name="Seconds">Nominal seconds of its training; 0 where nothing was trained for it.</param>
/// <param name="Failure">Why it was left out; null where it was measured.</param>
internal sealed record AutoTrial(string Round, string Model, Interval Ndcg, double Seconds, string? Failure);

/// <summary>What became of last night's choice.</summary>
/// <param name="Model">In words.</param>
/// <param name="IsKept">Whether it serves on.</param>
/// <param name="Best">The best that the race found beside it, in words; null where it found the same, or none was looked for.</param>
/// <param name="Change">What that gains over it, with its paired interval; null likewise, and where last night's could not be measured.</param>
/// <param name="Why">One clause.</param>
internal sealed record LastOutcome(string Model, bool IsKept, string? Best, Interval? Change, string Why)
{
    public override string ToString() =>
        (IsKept, Best, Change) switch
        {
            (true, { } best, { } gain) => $"kept from last night: {best} gains {Text(gain)} over it, {Why}",
            (true, _, _) => $"kept from last night: {Why}",
            (false, _, { } gain) => $"changed from last night's {Model}: {Text(gain)} ahead of it, {Why}",
            _ => $"last night's choice ({Model}) is left out: {Why}",
        };

    private static string Text(Interval gain) => string.Create(
        CultureInfo.InvariantCulture, $"{gain.Value:+0.0000;-0.0000;0.0000} [{gain.Low:+0.0000;-0.0000;0.0000}, {gain.High:+0.0000;-0.0000;0.0000}]");
}

/// <summary>What a race found.</summary>
/// <param name="Window">Which part of the log it measured on, in words.</param>
/// <param name="Users">Users measured.</param>
/// <param name="Cutoff">K of the NDCG.</param>
/// <param name="BudgetSeconds">Nominal seconds there were.</param>
/// <param name="SpentSeconds">Nominal seconds that were taken.</param>
/// <param name="Settings">What serves, by key under <c>Train</c>; empty where nothing was chosen.</param>
/// <param name="Best">The trial that serves; null where nothing was chosen.</param>
/// <param name="OverPopularity">What it gains over the best popularity, with its paired interval; null where that serves or nothing was chosen.</param>
/// <param name="Why">One sentence.</param>
internal sealed record AutoReport(
    string Window, int Users, int Cutoff, double BudgetSeconds, double SpentSeconds, IReadOnlyDictionary<string, string> Settings, AutoTrial? Best,
    Interval? OverPopularity, string Why, IReadOnlyList<AutoTrial> Trials)
{
    /// <summary>What became of last night's choice; null where there was none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LastOutcome? Last { get; init; }

    /// <summary>The settings as <c>--set</c> takes them.</summary>
    public IEnumerable<string> Assignments => Settings.Select(s => $"Train:{s.Key}={s.Value}");
}
