using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Ingest.Quality;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Ingest.Split;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>How a quantity becomes strength. All give 1 for a quantity of 1.</summary>
internal enum WeightShape
{
    Linear,

    /// <summary>log2(1 + q).</summary>
    Log,
    SquareRoot,

    /// <summary>1 for any positive quantity.</summary>
    Binary,
}

/// <summary>What a rating says.</summary>
internal enum RatingUse
{
    /// <summary>Whether the user likes the item: from <see cref="IngestOptions.RatingThreshold"/> on it is an interaction like any other.</summary>
    Threshold,

    /// <summary>
    /// That, and its value too: the user's last rating of an item is kept for trainers that fit ratings (<c>als-ratings</c>), below the threshold as well.
    /// </summary>
    Values,
}

/// <summary>What to do about a file of the state that is gone or has other bytes than when it was read.</summary>
internal enum ChangedFilePolicy
{
    /// <summary>Stop with an error that names it.</summary>
    Refuse,

    /// <summary>Its rows stay (logs are pruned after a while). For a changed file: what was read first stays.</summary>
    Keep,

    /// <summary>Read everything that is there again; ids stay what they were.</summary>
    Rebuild,
}

/// <summary>What to do about a new file that cannot be read: empty, half-written, damaged or foreign.</summary>
internal enum UnreadableFilePolicy
{
    /// <summary>Stop with an error that names it and its cause.</summary>
    Fail,

    /// <summary>
    /// Leave it for the next night, count it, and go on with the others; so too a file that lacks what is mapped where others that come with it have it. Each
    /// new file is read twice: first to see that all of it can be read. Files of item and user tables are left out alike; where none is left for damaged
    /// bytes, what the last night read of the table stands in.
    /// </summary>
    Skip,
}

/// <summary>Section <c>Ingest</c>: which logs are read, what counts and what is thrown out.</summary>
internal sealed class IngestOptions : IStageOptions
{
    public List<EventSourceOptions> Events { get; set; } = [];

    public ItemSourceOptions? Items { get; set; }

    public UserSourceOptions? Users { get; set; }

    /// <summary>The value of <see cref="AsOf"/> that a run replaces by the end of its own day.</summary>
    public const string Today = "today";

    /// <summary>
    /// Now, for the data: ISO 8601, UTC, or <c>today</c> for the end of the day of the run, so that two runs of one day are equal. Rows after it wait in the
    /// state; freshness is measured to it. Null: rows later than the day of the run wait too, unless most are, and freshness is not judged. The stage never
    /// asks a clock.
    /// </summary>
    public string? AsOf { get; set; }

    /// <summary>Rows before this moment (ISO 8601, UTC) are out of range.</summary>
    public string? Earliest { get; set; }

    /// <summary>Rows at or after this moment (ISO 8601, UTC) are out of range.</summary>
    public string? Latest { get; set; }

    /// <summary>Longest id in bytes of UTF-8, 1 to 65,536.</summary>
    public int MaxIdBytes { get; set; } = 256;

    /// <summary>
    /// Text ids such as <c>25671.0</c>, whole numbers that went through a float somewhere, lose their <c>.0</c>: in logs, item and user tables alike.
    /// </summary>
    public bool StripDecimalZero { get; set; }

    /// <summary>Most pieces one row can speak of, above 0, up to 1,000,000,000.</summary>
    public double MaxQuantity { get; set; } = 100_000;

    /// <summary>Least unit price, -1,000,000,000 to 1,000,000,000; a lower one is impossible.</summary>
    public double MinPrice { get; set; }

    /// <summary>Highest unit price of a row, from <see cref="MinPrice"/> to 1,000,000,000,000.</summary>
    public double MaxPrice { get; set; } = 1_000_000;

    /// <summary>Regular expressions; an item whose id matches one is not a product (<c>^(POST|DOT|M)$</c>).</summary>
    public List<string> NonProducts { get; set; } = [];

    /// <summary>Regular expressions; a row whose item text matches one is not a product.</summary>
    public List<string> NonProductTexts { get; set; } = [];

    /// <summary>
    /// Kind -> weight of one event, 0 to 1,000,000; a kind that is not named has its default: impression 0, view and click 0.1, cart 0.5, rating and
    /// purchase 1.
    /// </summary>
    public Dictionary<string, double> KindWeights { get; set; } = [];

    /// <summary>
    /// A rating below it makes no interaction: the item is one that the user knows and does not want, as after a return of all pieces or an event of kind
    /// hide, and does not come onto their lists. Any number.
    /// </summary>
    public double RatingThreshold { get; set; } = 4;

    /// <summary>
    /// <c>Threshold</c>: a rating says whether the user likes the item, and no more. <c>Values</c>: the user's last rating of an item is kept as a value too.
    /// </summary>
    public RatingUse Ratings { get; set; } = RatingUse.Threshold;

    /// <summary>Shape of one event's quantity, after netting.</summary>
    public WeightShape QuantityShape { get; set; } = WeightShape.Log;

    /// <summary>Shape of a pair's sum.</summary>
    public WeightShape PairShape { get; set; } = WeightShape.Linear;

    /// <summary>Days after which an event counts half, back from the newest event (in a hold-out: from its cut), 0 to 36,500; 0: no decay.</summary>
    public double HalfLifeDays { get; set; }

    /// <summary>Whether weights of events were stated. Then they count in every trainer, unless its own options say otherwise.</summary>
    internal bool StatesWeights => KindWeights.Count > 0 || HalfLifeDays > 0;

    /// <summary>Rows equal in user, item, time, kind, group, quantity and price count once. Logs without time and group are pairs: theirs always do.</summary>
    public bool MergeDuplicates { get; set; } = true;

    /// <summary>What to do about a file under a known name with other bytes.</summary>
    public ChangedFilePolicy ChangedFiles { get; set; } = ChangedFilePolicy.Refuse;

    /// <summary>What to do about a file that was read and is gone.</summary>
    public ChangedFilePolicy VanishedFiles { get; set; } = ChangedFilePolicy.Refuse;

    /// <summary>What to do about a new file of a log that cannot be read; <see cref="QualityOptions.UnreadableShare"/> judges how many there are.</summary>
    public UnreadableFilePolicy UnreadableFiles { get; set; } = UnreadableFilePolicy.Fail;

    /// <summary>Whether known files are hashed again each night; without, a change that leaves the size as it was goes unseen.</summary>
    public bool VerifyKnownFiles { get; set; } = true;

    /// <summary>Items without a kept event in this many days, 0 to 36,500, before the newest one are not available; 0: age does not matter.</summary>
    public double AvailableDays { get; set; }

    /// <summary>
    /// Days, 0 to 36,500, for which an item that nobody has met is new; after that it is dead stock and takes no place that another item could have. Needs
    /// <see cref="ItemColumns.Added"/>. Empty takes it from the log: nine in ten of the items that were added and sold had their first event within so many
    /// days, or 30 where fewer than 20 say so. 0: age does not matter.
    /// </summary>
    public double? NewDays { get; set; }

    public BotOptions Bots { get; set; } = new();

    public TitleOptions Titles { get; set; } = new();

    public HoldOutOptions HoldOut { get; set; } = new();

    public QualityOptions Quality { get; set; } = new();

    public void Validate(OptionsCheck check)
    {
        check.Require(Events.Count > 0, null, "at least one log", "Events");
        for (int i = 0; i < Events.Count; i++) Events[i].Validate(check, $"Events:{i}");
        foreach (var twice in Events.GroupBy(e => e.Name).Where(g => g.Count() > 1))
            check.Require(false, twice.Key, "a name that no other source has", "Events:Name");
        int timed = Events.Count(e => e.Columns.Time is not null);
        check.Require(timed == 0 || timed == Events.Count, null, "a time column in every source or in none", "Events:Columns:Time");
        Items?.Validate(check, "Items");
        Users?.Validate(check, "Users");
        HoldOutOptions.Moment(check, AsOf == Today ? null : AsOf, "AsOf");
        HoldOutOptions.Moment(check, Earliest, "Earliest");
        HoldOutOptions.Moment(check, Latest, "Latest");
        check.InRange(MaxIdBytes, 1, 65_536)
            .Require(MaxQuantity is > 0 and <= 1e9, MaxQuantity, "a number above 0, up to 1000000000")
            .InRange(MinPrice, -1e9, 1e9)
            .Require(MaxPrice >= MinPrice && MaxPrice <= 1e12, MaxPrice, $"a number from MinPrice ({MinPrice}) to 1000000000000")
            .InRange(HalfLifeDays, 0, 36_500)
            .InRange(AvailableDays, 0, 36_500)
            .Require(NewDays is null or (>= 0 and <= 36_500), NewDays, "a number from 0 to 36500, or nothing")
            .Require(double.IsFinite(RatingThreshold), RatingThreshold, "a number")
            .Require(Enum.IsDefined(Ratings), Ratings, string.Join(", ", Enum.GetNames<RatingUse>()));
        foreach (var (kind, weight) in KindWeights)
        {
            check.Require(EventKinds.TryParse(kind, out _), kind, "one of " + string.Join(", ", EventKinds.Names), "KindWeights");
            check.InRange(weight, 0, 1e6, $"KindWeights:{kind}");
        }
        Patterns.Validate(check, NonProducts, "NonProducts");
        Patterns.Validate(check, NonProductTexts, "NonProductTexts");
        Bots.Validate(check);
        Titles.Validate(check);
        HoldOut.Validate(check);
        Quality.Validate(check);
    }

    internal float[] Weights()
    {
        float[] weights = [0, 0.1f, 0.1f, 0.5f, 1, 1, 0, 0];
        foreach (var (name, weight) in KindWeights)
            if (EventKinds.TryParse(name, out var kind)) weights[(int)kind] = (float)weight;
        weights[(int)EventKind.Return] = weights[(int)EventKind.Hide] = 0;
        return weights;
    }

    internal static bool AnyMatches(Regex[] patterns, ReadOnlySpan<byte> utf8)
    {
        if (patterns.Length == 0) return false;
        string text = System.Text.Encoding.UTF8.GetString(utf8);
        return Array.Exists(patterns, p => p.IsMatch(text));
    }

    internal static uint? Seconds(string? moment) => IsoTime.TryParse(moment, out long s) ? (uint)Math.Clamp(s, 0, uint.MaxValue) : null;
}
