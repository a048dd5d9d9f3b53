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
        ["data/data.files.unreadable_share"] = new("How many of the log files can no reader read?", Data + "UnreadableShare"),
        ["data/data.tables.unreadable"] = new("Can every file of the item and user tables be read?", Data + "UnreadableTables"),
        ["data/data.rows.new"] = new("How many new rows arrived?", null),
        ["data/data.rows.rebuilt"] = new("How many rows were read, everything being read again?", null),
        ["data/data.rows.between"] = new("How many rows arrived between two nights?", null),
        ["data/data.available_share"] = new("How many of the items may be recommended?", null),
        ["data/data.items.unusable_share"] = new("How many rows of the item table have no usable id?", Data + "ItemUnusableShare"),
        ["data/data.unknown_item_share"] = new("How many events are on items that the item table lacks?", Data + "UnknownItemShare"),
        ["data/data.ratings"] = new("Are there ratings, where a column is mapped as their value?", null),
        ["data/data.ratings.liked_share"] = new("How many of the ratings say that somebody liked it?", Data + "LikedShare"),
        ["data/data.text.unknown_share"] = new("Does the text encoder know the words of the shop?", "Embed:Quality:UnknownShare"),
        ["data/data.text.shared_share"] = new("Does the text encoder tell different texts apart?", "Embed:Quality:SharedShare"),
        ["data/data.text.one_vector"] = new("Does the text encoder tell any two texts apart?", null),
        ["model/evaluated"] = new("Was the model that serves measured?", "Train:Imported:PublishUnevaluated"),
        ["model/holdout_leak_users"] = new("Do imported factors know customers from after the hold-out's cut?", null),
        ["model/holdout_leak_items"] = new("Do imported factors know items from after the hold-out's cut?", null),
        ["feedback/feedback.rejected_share"] = new("How much of the clicks belongs to no published list?", "Feedback:WarnRejectedShare"),
        ["feedback/feedback.draw_p"] = new("Were lists seen as often as they were drawn?", null),
        ["feedback/feedback.effective_users"] = new("Do enough customers speak for each setting?", "Feedback:MinEffectiveUsers"),
        ["model/test_users"] = new("Are there enough customers to measure on?", "Evaluate:MinUsers"),
        ["model/ndcg_against_popularity"] = new("Does the model find more than the most popular items would?", "Evaluate:BaselineTolerance"),
        ["model/ndcg_against_published"] = new("Does the model find about as much as the published one?", "Evaluate:PublishedDropFail"),
        ["model/ndcg_against_best"] = new("Is a plain method surely ahead of the model?", null),
        ["model/personal"] = new("Do lists go by each customer's own purchases?", null),
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

    /// <summary>Checks that are made once a column or baseline.</summary>
    private static readonly (string Prefix, CheckWords Words)[] Families =
    [
        ("data.null_share.", new("How often is this column of the logs empty?", Data + "NullShare")),
        ("data.items.null_share.", new("How often is this column of the item table empty?", null)),
        ("data.items.null_increase.", new("Is this column of the item table empty more often than last night?", Data + "ItemNullIncrease")),
        ("exposure.", new("Does this group of items get its share of the lists' places?", "Evaluate:ExposureFloors")),
        ("ndcg_against_", new("Does the model find more than this baseline would?", "Evaluate:BaselineTolerance")),
    ];

    public static IEnumerable<CheckWords> All => Known.Values.Concat(Families.Select(f => f.Words));

    /// <returns>Null where nothing is known of a check.</returns>
    public static CheckWords? Of(string gate, string name) =>
        Known.GetValueOrDefault($"{gate}/{name}") ?? Families.FirstOrDefault(f => name.StartsWith(f.Prefix, StringComparison.Ordinal)).Words;
}
