using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Section <c>Materialize:Fatigue</c>: items that a user was shown so often and never clicked step back on their list, for others to have a chance. It needs
/// logs of impressions (<c>Feedback:Logs</c>).
/// </summary>
internal sealed class FatigueOptions : IStageOptions
{
    /// <summary>Whether it is done.</summary>
    public bool Enabled { get; set; }

    /// <summary>Impressions without a click, 1 to 1,000, from which on an item steps back.</summary>
    public int Impressions { get; set; } = 5;

    /// <summary>What the item's relevance (1 for the user's best, 0 for the last candidate) is multiplied by for each of them from there on, 0 to 1.</summary>
    public double Factor { get; set; } = 0.7;

    /// <summary>Days, 1 to 365, after which an impression counts no more, from the newest one on.</summary>
    public int Days { get; set; } = 28;

    public void Validate(OptionsCheck check) => check.InRange(Impressions, 1, 1_000).InRange(Factor, 0, 1).InRange(Days, 1, 365);
}
