using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>One model that was measured.</summary>
/// <param name="Round">What it was tried for: <c>families</c>, <c>options</c>, <c>blend</c>, <c>trend</c> or <c>text</c>.</param>
/// <param name="Model">In words: the trainer, and what differs from the configuration.</param>
/// <param name="Ndcg">On the validation window; NaN where it failed.</param>
/// <param name="Seconds">Nominal seconds of its training; 0 where nothing was trained for it.</param>
/// <param name="Failure">Why it was left out; null where it was measured.</param>
internal sealed record AutoTrial(string Round, string Model, Interval Ndcg, double Seconds, string? Failure);

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
    /// <summary>The settings as <c>--set</c> takes them.</summary>
    public IEnumerable<string> Assignments => Settings.Select(s => $"Train:{s.Key}={s.Value}");
}
