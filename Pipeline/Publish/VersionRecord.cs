namespace Recsys.Batch.Pipeline.Publish;

internal enum VersionState
{
    /// <summary>Being written; no reader sees it.</summary>
    Staged,

    /// <summary>The one that readers get.</summary>
    Current,

    /// <summary>Complete, and no longer or not now the current one: can be rolled back to.</summary>
    Retired,

    /// <summary>A gate refused it; its lists were not kept.</summary>
    Rejected,
}

/// <summary>Row of <c>versions</c>. A version's lists never change once it is complete; the list of a user who asks to be gone goes.</summary>
/// <param name="Version">End of the data window and eight hex digits of the lists' hash: equal nights have equal versions.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="Rows">Rows of <c>user_recommendations</c>.</param>
/// <param name="OptionsHash">Identity of the work that made the lists: options, seed, code and inputs.</param>
/// <param name="WindowFrom">First event day of the data.</param>
/// <param name="WindowTo">Last event day of the data.</param>
/// <param name="Metrics">Hold-out and list metrics, by dotted name.</param>
/// <param name="ManifestSha256">SHA-256 of the version's <c>manifest.json</c>; empty for a rejected one.</param>
internal sealed record VersionRecord(
    string Version, string RunId, DateTimeOffset Created, VersionState State, long Rows, long Users, string OptionsHash,
    string WindowFrom, string WindowTo, IReadOnlyDictionary<string, double> Metrics, string ManifestSha256)
{
    /// <summary>Metric of a version of which a control group has lists that are not personal: the group's share.</summary>
    public const string ControlShare = "experiment.control_share";

    /// <summary>The version whose lists this one goes on from: a delta, with that one's model and metrics. Null for a night.</summary>
    public string? Base { get; init; }

    /// <summary>An operator went back from it to an older version, and nobody made it current since: no run does so by itself.</summary>
    public bool RolledBack { get; init; }

    /// <summary>Users whose lists were taken out since it was published, as they asked to be gone. All other lists are as they were.</summary>
    public int Forgotten { get; init; }

    /// <summary>Whether readers may ask for it: it is current, or was left complete.</summary>
    public bool IsComplete => State is VersionState.Current or VersionState.Retired;
}

/// <summary>One entry of a user's published list.</summary>
/// <param name="Rank">1 for the first.</param>
/// <param name="ReasonItems">External ids of the history items that carried the score, best first.</param>
internal sealed record ListEntry(
    int Rank, string ItemId, double Score, double Relevance, double DiversityGain, string ReasonCode, IReadOnlyList<string> ReasonItems, string Source,
    double Propensity)
{
    /// <summary>The rule that put it there, by name; empty where none did.</summary>
    public string Promoted { get; init; } = "";

    /// <summary>Which features of the ranker carried it; null where no ranker put it there.</summary>
    public EntryFeatures? Features { get; init; }

    /// <summary>A segment's entry as a list shows it: popular, and for no reason of the user's own.</summary>
    public static ListEntry Default(SegmentEntry entry) => new(entry.Rank, entry.ItemId, entry.Score, entry.Score, 0, "popular", [], "popular", 1);
}

/// <summary>What a ranker's features add to the score of an entry, beside the usual candidate's: named shares and the others add up to that.</summary>
/// <param name="Strongest">Those with the greatest shares above 0, the greatest first; empty where nothing speaks for the entry.</param>
/// <param name="Others">The sum of the shares of all other features, of either sign.</param>
internal sealed record EntryFeatures(IReadOnlyList<FeatureShare> Strongest, double Others);

/// <param name="Name">As docs/ranking.md has it.</param>
/// <param name="Share">Above 0; log-odds of a purchase under logistic regression.</param>
internal sealed record FeatureShare(string Name, double Share);

/// <summary>One entry of what users without history get.</summary>
internal sealed record SegmentEntry(string Segment, int Rank, string ItemId, double Score);

/// <summary>What lists say of an item to people: <c>item_titles</c>.</summary>
/// <param name="CategoryConfidence">The probability of a predicted category; null where it is the shop's own, or there is none.</param>
internal sealed record ItemTitle(string ItemId, string? Title, string? Category, double? Price, double? CategoryConfidence = null);
