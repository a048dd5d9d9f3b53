using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>One check over the runs that made it, oldest first; null where a run did not come to it.</summary>
internal sealed record CheckHistory(string Gate, string Name, IReadOnlyList<(RunFacts Run, ConstraintResult? Result)> Runs)
{
    public string Id => $"{Gate}/{Name}";

    public ConstraintResult Last => Runs.Last(r => r.Result is not null).Result!;

    /// <summary>The worst of the last seven runs, so that what failed yesterday is not forgotten today.</summary>
    public ConstraintLevel Lately => Runs.TakeLast(7).Max(r => r.Result?.Level ?? ConstraintLevel.Pass);
}

/// <summary>Checks over time, and what quarantine reasons mean.</summary>
internal static class QualityHistory
{
    /// <summary>What becomes of data, model and lists, in the order of the night; within a gate the worst first.</summary>
    public static IReadOnlyList<CheckHistory> Of(IReadOnlyList<RunFacts> newestFirst)
    {
        var runs = newestFirst.Where(r => r.Checks.Count > 0).Reverse().ToArray();
        var byRun = runs.Select(r => (Run: r, Checks: r.Checks.GroupBy(c => (c.Gate, c.Name)).ToDictionary(g => g.Key, g => g.First()))).ToArray();
        return [.. byRun.SelectMany(r => r.Checks.Keys).Distinct()
            .Select(key => new CheckHistory(key.Gate, key.Name, [.. byRun.Select(r => (r.Run, r.Checks.GetValueOrDefault(key)))]))
            .OrderBy(h => GateOrder(h.Gate)).ThenByDescending(h => h.Last.Level).ThenByDescending(h => h.Lately).ThenBy(h => h.Name, StringComparer.Ordinal)];
    }

    private static int GateOrder(string gate) => gate switch { "data" => 0, "model" => 1, "lists" => 2, _ => 3 };
}

/// <summary>Quarantine reasons as people say them.</summary>
internal static class ReasonWords
{
    private static readonly Dictionary<string, string> Known = new(StringComparer.Ordinal)
    {
        [RowStatus.NullUser.Name()] = "No customer in the row",
        [RowStatus.Forgotten.Name()] = "A customer who asked to be forgotten",
        [RowStatus.NullItem.Name()] = "No item in the row",
        [RowStatus.NullTime.Name()] = "No time in the row",
        [RowStatus.NullValue.Name()] = "A rating without its value",
        [RowStatus.UnreadableTime.Name()] = "The time cannot be read",
        [RowStatus.TimeOutOfRange.Name()] = "The time is out of range",
        [RowStatus.TimeInFuture.Name()] = "The time lies in the future",
        [RowStatus.UnknownKind.Name()] = "An event of unknown kind",
        [RowStatus.ImpossibleQuantity.Name()] = "An impossible quantity",
        [RowStatus.ImpossiblePrice.Name()] = "An impossible price",
        [RowStatus.NonProduct.Name()] = "Not a product: postage, fees, samples",
        [RowStatus.OversizedId.Name()] = "An id that is too long",
        [RowStatus.InvalidUtf8.Name()] = "Text that is not UTF-8",
        [RowStatus.UnreadableId.Name()] = "An id that cannot be read",
        [RowStatus.ReturnWithoutPurchase.Name()] = "A return without a purchase",
        [RowStatus.BotRate.Name()] = "A bot: too many events",
        [RowStatus.BotBreadth.Name()] = "A bot: too many different items",
        [RowStatus.BotRegularity.Name()] = "A bot: too regular",
    };

    public static string Of(string reason) => Known.GetValueOrDefault(reason, reason);
}
