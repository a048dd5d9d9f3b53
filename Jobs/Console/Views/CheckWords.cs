namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What a check asks, in a sentence, and the option that holds its bounds.</summary>
internal sealed record CheckWords(string Sentence, string? Option)
{
    private const string Data = "Ingest:Quality:";

    private static readonly Dictionary<string, CheckWords> Known = new(StringComparer.Ordinal)
    {
        ["data/data.files.new"] = new("Did new log files arrive?", Data + "NewFiles"),
        ["data/data.files.repeated"] = new("Was a file delivered a second time?", Data + "RepeatedFiles"),
        ["data/data.rows.against_history"] = new("Did about as many new rows arrive as on other nights?", Data + "RowsAgainstHistory"),
        ["data/data.quarantine_share"] = new("How much of the new rows could not be used?", Data + "QuarantineShare"),
        ["data/data.bot_share"] = new("How much of the new rows came from bots?", Data + "BotShare"),
        ["data/data.duplicate_share"] = new("How much of the new rows repeats another row?", Data + "DuplicateShare"),
        ["data/data.unmatched_return_share"] = new("How many returns have no purchase before them?", Data + "UnmatchedReturnShare"),
        ["data/data.time_out_of_range_share"] = new("How many rows lie outside of the time range?", Data + "TimeOutOfRangeShare"),
        ["data/data.freshness_hours"] = new("How old is the newest event?", Data + "FreshnessHours"),
        ["data/data.shift.items"] = new("Are other items popular than before?", Data + "ItemShift"),
        ["data/data.shift.kinds"] = new("Is the mix of kinds of events another one?", Data + "KindShift"),
        ["data/data.shift.hours"] = new("Do events come at other hours of the day?", Data + "HourShift"),
        ["data/data.available_against_history"] = new("Are about as many items available as last night?", Data + "AvailableAgainstHistory"),
        ["data/data.users"] = new("Are there customers with a history?", Data + "Users"),
        ["data/data.items"] = new("Are there items that were bought?", Data + "Items"),
        ["data/data.holdout.test_pairs"] = new("Are there later purchases to measure on?", Data + "TestPairs"),
        ["data/data.rows.future"] = new("Do rows lie in the future?", Data + "FutureRows"),
        ["model/test_users"] = new("Are there enough customers to measure on?", "Evaluate:MinUsers"),
        ["model/ndcg_against_popularity"] = new("Does the model find more than the most popular items would?", "Evaluate:BaselineTolerance"),
        ["model/ndcg_against_published"] = new("Does the model find about as much as the published one?", "Evaluate:PublishedDropFail"),
        ["model/ndcg_against_best"] = new("Is a plain method surely ahead of the model?", null),
        ["model/coverage"] = new("Does the model use enough of the items?", "Evaluate:CoverageFail"),
        ["lists/lists"] = new("Does anybody have a list?", null),
        ["lists/full_lists"] = new("Are lists as long as they should be?", "ListsGate:FullShareFail"),
        ["lists/coverage"] = new("Do lists use enough of the items?", "ListsGate:CoverageFail"),
        ["lists/ild"] = new("Are the items of a list different from one another?", "ListsGate:IntraListDistanceWarn"),
        ["lists/churn"] = new("Are lists about those of the night before?", "ListsGate:ChurnFail"),
        ["lists/repeated_items"] = new("Does a list hold an item twice?", null),
        ["lists/excluded_items"] = new("Do lists hold what the customer has already?", null),
        ["lists/unavailable_items"] = new("Do lists hold what may not be recommended?", null),
        ["lists/scores_not_finite"] = new("Is every score a number?", null),
    };

    public static IEnumerable<CheckWords> All => Known.Values;

    /// <returns>Null where nothing is known of a check.</returns>
    public static CheckWords? Of(string gate, string name) =>
        name.StartsWith("data.null_share.", StringComparison.Ordinal)
            ? new CheckWords("How often is this column empty?", Data + "NullShare")
            : Known.GetValueOrDefault($"{gate}/{name}");
}
