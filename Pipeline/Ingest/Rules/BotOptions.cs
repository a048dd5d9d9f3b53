using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>
/// Who is not a person. A user that breaks one rule is quarantined whole, judged on all the history every night. Rows of one group (basket,
/// invoice) in one second are one action: a shop's customer may buy a hundred lines at once. 0 turns a rule off.
/// </summary>
internal sealed class BotOptions
{
    /// <summary>Kinds that are judged. Empty: view, click and cart; who pays is not a bot, and impressions are the shop's doing.</summary>
    public List<string> Kinds { get; set; } = [];

    /// <summary>Rate: most actions in one calendar minute, 0 up.</summary>
    public int MaxPerMinute { get; set; } = 120;

    /// <summary>Rate: most actions in one clock hour, 0 up.</summary>
    public int MaxPerHour { get; set; } = 1_000;

    /// <summary>Breadth: most distinct items in one UTC day, 0 up.</summary>
    public int MaxItemsPerDay { get; set; } = 250;

    /// <summary>
    /// Regularity: least coefficient of variation (standard deviation / mean) of the seconds between actions, 0 to 1. A Poisson process has 1, a timer 0.
    /// </summary>
    public double MinIntervalVariation { get; set; } = 0.05;

    /// <summary>Regularity is judged from this many intervals on, 3 up.</summary>
    public int MinIntervals { get; set; } = 100;

    internal bool Any => MaxPerMinute > 0 || MaxPerHour > 0 || MaxItemsPerDay > 0 || MinIntervalVariation > 0;

    internal void Validate(OptionsCheck check)
    {
        foreach (string kind in Kinds) check.Require(EventKinds.TryParse(kind, out _), kind, "one of " + string.Join(", ", EventKinds.Names), "Bots:Kinds");
        check.InRange(MaxPerMinute, 0, int.MaxValue, "Bots:MaxPerMinute")
            .InRange(MaxPerHour, 0, int.MaxValue, "Bots:MaxPerHour")
            .InRange(MaxItemsPerDay, 0, int.MaxValue, "Bots:MaxItemsPerDay")
            .InRange(MinIntervalVariation, 0, 1, "Bots:MinIntervalVariation")
            .InRange(MinIntervals, 3, int.MaxValue, "Bots:MinIntervals");
    }
}
