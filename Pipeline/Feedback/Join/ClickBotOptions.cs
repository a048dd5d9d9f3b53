using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback.Join;

/// <summary>Which accounts click as no customer does. One that breaks a rule is set aside with all of its rows.</summary>
internal sealed class ClickBotOptions : IStageOptions
{
    /// <summary>
    /// Share of the items that an account was shown, 0.01 to 1, above which its clicks are a bot's (<c>bot_click_share</c>); 1 turns the rule off.
    /// </summary>
    public double MaxClickShare { get; set; } = 0.8;

    /// <summary>
    /// How many times the population's rate an honest customer may click at, 1 to 1,000,000: an account whose clicks, by items or by lists, come by chance in
    /// fewer than one of 10,000 customers of that rate is a bot (<c>bot_click_rate</c>).
    /// </summary>
    public double MaxLiveliness { get; set; } = 5;

    /// <summary>Clicked items below which no account is judged by these two rules, 2 to 1,000,000.</summary>
    public int MinClicks { get; set; } = 5;

    /// <summary>Most clicks of an account in one second, 1 to 1,000,000, where logs have times (<c>bot_burst</c>).</summary>
    public int MaxPerSecond { get; set; } = 3;

    /// <summary>
    /// Share of a context's users, 0.5 to 1, whose clicks count in full where a step is judged: who clicked more counts as the last of these does, but at least
    /// for 1 click. 1 turns it off. So a few accounts that no rule finds do not move a policy.
    /// </summary>
    public double FullShare { get; set; } = 0.9;

    public void Validate(OptionsCheck check) => check
        .InRange(MaxClickShare, 0.01, 1)
        .InRange(MaxLiveliness, 1, 1_000_000)
        .InRange(MinClicks, 2, 1_000_000)
        .InRange(MaxPerSecond, 1, 1_000_000)
        .InRange(FullShare, 0.5, 1);
}
