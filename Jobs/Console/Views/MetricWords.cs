using System.Globalization;
using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Evaluate;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>What a figure of the ledger or of a version says, in a sentence.</summary>
internal static partial class MetricWords
{
    /// <summary>Figures of lists, by their name without the cutoff.</summary>
    private static readonly Dictionary<string, string> Measures = new(StringComparer.Ordinal)
    {
        ["ndcg"] = "Held-out purchases found, early ranks counting more",
        ["recall"] = "Share of held-out purchases found",
        ["recall_capped"] = "Share of held-out purchases found, of as many as a list has room for",
        ["precision"] = "Share of the listed items that were bought",
        ["map"] = "Mean average precision: how early the purchases stand",
        ["hit"] = "Customers with at least one hit",
        ["mrr"] = "One over the rank of the first hit",
        ["auc"] = "Chance that a bought item ranks above another one",
        ["coverage"] = "Share of the items that stand on some list",
        ["gini"] = "Concentration on few items, 0 to 1",
        ["ild"] = "Distance between the items of a list",
        ["ild_category"] = "Distance between the items of a list by their categories",
        ["ild_text"] = "Distance between the items of a list by their texts",
        ["ild_model"] = "Distance between the items of a list by the model",
        ["one_shelf"] = "Lists of which more than half is one shelf, by words that titles share",
        ["novelty"] = "Surprise: how rare the listed items are",
        ["popularity"] = "Share of the customers who have the listed items",
        ["cold_share"] = "Share of the listed items that nobody had",
        ["calibration_kl"] = "How far a list's categories are from the customer's own (divergence)",
        ["calibration_js"] = "How far a list's categories are from the customer's own, 0 to 1",
        ["user_jaccard"] = "How alike the lists of two customers are (shared of all items)",
        ["user_dice"] = "How alike the lists of two customers are (shared of a list)",
        [RatingAccuracy.Rmse] = "How far off expected ratings are, in the ratings' own units, large misses counting more (root mean squared error)",
        [RatingAccuracy.Mae] = "How far off expected ratings are on average, in the ratings' own units",
    };

    private static readonly Dictionary<string, string> Slice = new(StringComparer.Ordinal)
    {
        [Slices.All] = "all purchases",
        [Slices.New] = "purchases new to the customer",
        [Slices.Cold] = "purchases of new items",
        [Slices.ColdAmongCold] = "purchases of new items, lists of new items alone",
        [Slices.Ratings] = "ratings that were given later",
    };

    private static readonly (string Pattern, string Words)[] Counted =
    [
        ("stage.peak_bytes", "Most memory that the process had while the stage was at work, in bytes"),
        ("ingest.log_rows", "Rows of the whole log"),
        ("ingest.rows", "New rows read"), ("ingest.kept", "New rows kept"), ("ingest.merged", "New rows that repeat others, and count once"),
        ("ingest.quarantined", "New rows set aside"), ("ingest.users", "Customers with a history"), ("ingest.items", "Items that were bought"),
        ("ingest.pairs", "Different pairs of customer and item"),
        ("embed.items", "Items with text"), ("embed.encoded", "Texts that the encoder read"), ("embed.cached", "Texts whose vector was there already"),
        ("embed.unknown_share", "Share of words that the encoder does not know"), ("embed.shared_share", "Share of texts with the vector of another"),
        ("embed.unread_items", "Items whose text says nothing to the encoder"), ("embed.tokens", "Tokens that the encoder read"),
        ("embed.padding_share", "Share of the encoder's work that filled up batches"), ("embed.own.*.items", "Items with vectors of the shop's own"),
        ("embed.own.*.unknown", "Own vectors of items that nobody knows"), ("embed.*", "A figure of how texts were read"),
        ("categories.missing", "Items without a category"), ("categories.predicted", "Items with a predicted category"),
        ("categories.accuracy", "Held-out texts whose category the classifier tells"),
        ("categories.largest", "The same share if each were called the largest category"),
        ("categories.precision", "Share of the predicted categories that are right, on held-out texts"),
        ("tuning.recall_before", "Share of customers' held-out new items that the encoder finds by text"),
        ("tuning.recall_after", "The same share of the tuned encoder"), ("tuning.gain", "What tuning the encoder brings to that share"),
        ("clusters.count", "Clusters of items"), ("clusters.cohesion", "How alike the items of a cluster are, 0 to 1"),
        ("train.*.seconds", "Seconds of training"), ("train.auto.nominal_seconds", "Seconds that the race may spend, as a machine of reference counts"),
        ("train.*.objective.*", "What training makes small, after so many iterations"), ("train.*.scale", "What a member's scores are multiplied by"),
        ("train.*.edges", "Links between items that were kept"), ("train.text.features", "Directions of the texts that are used"),
        ("train.text.cold_scale", "What scores of new items are multiplied by"),
        ("train.imported.*.matched", "Ids with imported factors"), ("train.imported.*.unmatched", "Ids without imported factors"),
        ("train.imported.*.unknown", "Imported factors of ids that no log has"), ("train.*", "A figure of training"),
        ("rank.ndcg_change", "What ranking by learnt features brings in NDCG"),
        ("rank.clicks", "Clicks that the ranker learned from"),
        ("rank.clicks_against_purchases", "What learning the order from clicks brings in NDCG beside learning it from purchases"),
        ("rank.revenue_change", "What ranking by chance times price brings in revenue a customer"),
        ("rank.margin_change", "What ranking by chance times margin brings in margin a customer"),
        ("neighbors.*", "Items with a list of neighbors from this source"), ("places.*", "Rows of this place's table"),
        ("rules.active", "Rules that hold tonight"), ("rules.placed", "Entries that a rule placed"),
        ("rules.yielded", "Entries that a rule could not have, since a stronger one held"),
        ("rules.*.cost", "Relevance that the rule cost, as a share, on a sample of customers"),
        ("rules.*.lost", "Relevance that the limit or floor cost, by its price"), ("rules.*.yielded", "Entries that the rule could not have"),
        ("rules.allocation_seconds", "Seconds that the allocation over all lists took"),
        ("rules.allocation_gap", "How far the allocation may be from the best one, as a share"),
        ("rules.allocation_broken", "Limits that the allocation broke; 0"),
        ("materialize.users", "Customers with a list"), ("materialize.tired_pairs", "Items that a customer was shown often and never clicked"),
        ("publish.rows", "Rows published"), ("publish.users", "Customers with a published list"),
        ("delta.users_new", "Customers who are new"), ("delta.users_changed", "Customers with new events"),
        ("delta.users_kept", "Customers whose lists stay"), ("delta.users_gone", "Customers who are gone"),
        ("delta.users_waiting", "Customers who wait for the next night"), ("delta.items_waiting", "Items that wait for the next night"),
        ("delta.users_ruled_out", "Customers whose lists held what may not be listed any more"),
        ("delta.users_restocked", "Customers whose lists lacked what is back"), ("delta.users_folded_in", "Customers who were folded into the model"),
        ("forget.users", "People who were forgotten"), ("forget.events", "Events of theirs that were deleted"),
        ("forget.versions", "Versions that had something of theirs"), ("forget.rows", "Published rows that were deleted"),
        ("forget.artifacts", "Files of runs that were rewritten"),
        ("privacy.epsilon", "Spent privacy budget, epsilon"),
        ("feedback.files_read", "Files of impressions and clicks that were read"), ("feedback.rows", "Rows of impressions and clicks"),
        ("feedback.joined", "Rows that belong to a published list"), ("feedback.lists", "Lists that were seen"),
        ("feedback.users", "Customers who saw a list"), ("feedback.moved", "Probabilities that move tonight"),
        ("feedback.looks", "Looks that were taken at these clicks"), ("feedback.level_spent", "Error probability that the looks have spent"),
        ("feedback.*.dr", "Clicks under a policy, doubly robust"), ("feedback.*.effective_users", "Customers that the estimate is worth"),
        ("feedback.*.effective_clicks", "Clicks that the estimate is worth"),
        ("feedback.impressions", "Items of lists that customers were shown"), ("feedback.clicks_per_impression", "Share of what was shown that was clicked"),
        ("feedback.purchases_per_impression", "Share of what was shown that was bought"),
        ("feedback.examination_decay", "Power of the rank by which a place is looked at less"),
        ("feedback.click_auc", "Chance that what was clicked has a higher chance of a click than what was not"),
        ("feedback.click_log_loss", "Log loss of the chances of clicks, an impression"),
        ("feedback.click_calibration_error", "How far chances of clicks are from the share that was clicked, on average"),
        ("feedback.expected_clicks", "Clicks a list that are expected, by chances that do not know its customer"),
        ("feedback.clicks_per_list", "Clicks a list of those that were seen"),
        ("forecast.items", "Items whose sales are foretold"),
        ("forecast.mase", "Error of the forecast in the newest stretch, by that of the week before in earlier days"),
        ("forecast.relative_error", "Error of the forecast in the newest stretch, beside that of the week before there"),
        ("forecast.coverage", "Share of days of the newest stretch whose sales lie within the interval"),
        ("reviews.rows", "Reviews in the shop’s table"), ("reviews.counted", "Reviews that count"), ("reviews.flagged", "Reviews that were left out"),
        ("reviews.accuracy", "Held-out reviews whose sentiment the classifier tells"),
        ("reviews.majority", "The same share if each were called what most are"),
        ("reviews.auc", "Chance that the classifier gives a positive held-out review more than a negative one"),
        ("experiment.control_share", "Share of customers in the control group"),
        ("experiment.*.difference", "What personal lists bring beyond the control group’s, a customer"),
        ("experiment.*.low", "Lower end of its 95% interval"), ("experiment.*.high", "Upper end of its 95% interval"),
        ("sweep.*", "A figure of lists under this setting of diversity"), ("tune.*", "The best that tuning found"),
    ];

    private static readonly (Regex Pattern, string Words)[] Patterns =
        [.. Counted.Select(c => (new Regex("^" + Regex.Escape(c.Pattern).Replace("\\*", ".+", StringComparison.Ordinal) + "$"), c.Words))];

    /// <param name="name">As the ledger has it (<c>diversified.new.ndcg@10.low</c>) or a version (<c>new.ndcg@10</c>).</param>
    /// <returns>Null where nothing is known of it.</returns>
    public static string? Of(string name)
    {
        if (ListFigure().Match(name) is not { Success: true } m || !Measures.TryGetValue(m.Groups["metric"].Value, out string? measure))
            return Patterns.FirstOrDefault(p => p.Pattern.IsMatch(name)).Words;
        string ends = m.Groups["end"].Value switch { "low" => ", lower end of the 95% interval", "high" => ", upper end of the 95% interval", _ => "" };
        string whose = m.Groups["model"].Value switch
        {
            "" => "",
            "diversified" => "lists as published",
            "ranked" => "lists as they are ranked, before diversification",
            var model => string.Create(CultureInfo.InvariantCulture, $"model {model}"),
        };
        string of = string.Join("; ", new[] { whose, Slice.GetValueOrDefault(m.Groups["slice"].Value, "") }.Where(w => w.Length > 0));
        return $"{measure}{ends} ({of})";
    }

    /// <summary>The same of a figure by its own name: <c>ndcg</c>.</summary>
    public static string Measure(string metric) => Measures[metric];

    [GeneratedRegex(@"^(?:(?<model>.+)\.)?(?<slice>all|new|cold|cold_among_cold|ratings)\.(?<metric>[a-z_]+)(?:@\d+)?(?:\.(?<end>low|high))?$")]
    private static partial Regex ListFigure();
}
