namespace Recsys.Batch.Pipeline.Places.Lists;

/// <summary>
/// By which an item stands on a list of a kind. What log and catalog cannot feed is no kind of that night. The customers of a segment are counted beside
/// <see cref="OfAll"/> made-up ones who buy as all do.
/// </summary>
internal sealed class ItemKinds
{
    public const string Popular = "popular", Trending = "trending", New = "new", WellRated = "well_rated", OnSale = "on_sale";

    private const double OfAll = 20;

    /// <summary>Ratings at the mean of all that stand beside an item's own.</summary>
    private const double UsualRatings = 5;

    /// <summary>Customers of late that something trending must have.</summary>
    private const int MinTrending = 3;

    private readonly PlaceInputs _inputs;
    private readonly ListsOptions _options;
    private readonly ListWindows _windows;
    private readonly CustomerCounts _overall;
    private readonly double _most;
    private readonly double[]? _discounts;
    private readonly double _meanRating;

    public ItemKinds(PlaceInputs inputs, ListsOptions options)
    {
        (_inputs, _options) = (inputs, options);
        var log = inputs.Purchases;
        _windows = ListWindows.Of(log, options);
        _overall = Counts().Of(Enumerable.Range(0, log.Users));
        _most = Math.Max(1, _overall.Popular.DefaultIfEmpty().Max());
        if (log.Ratings is { } ratings) _meanRating = ratings.Sums.Sum() / Math.Max(1, ratings.Counts.Sum(c => (long)c));
        _discounts = options.ListPrice is { } column && inputs.ItemAttributes?.Find(column) is { } prices ? Discounts.ByListPrice(inputs.Catalog, prices)
            : options.ListPrice is null && log is { Prices: not null, HasTime: true } ? Discounts.ByHistory(log, inputs.Catalog.Items, _windows)
            : null;
        // A log that begins within the days for which items are new knows none that is older.
        bool knowsAges = inputs.Catalog.Added is { } added && log.Count > 0 && added.Any(a => a > 0 && a < _windows.NewFrom);
        Names =
        [
            .. knowsAges ? [New] : Array.Empty<string>(),
            .. _discounts is not null ? [OnSale] : Array.Empty<string>(),
            Popular,
            .. log.HasTime && _overall.BeforeTotal > 0 ? [Trending] : Array.Empty<string>(),
            .. log.Ratings is not null || inputs.Reviews is not null ? [WellRated] : Array.Empty<string>(),
        ];
    }

    /// <summary>Kinds that the night can feed, in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    public CustomerCounts Overall => _overall;

    /// <summary>Memory to count the customers of a segment in.</summary>
    public CustomerCounts Counts() => new(_inputs.Purchases, _inputs.Catalog.Items, _windows);

    /// <summary>By which an item stands on a list of the kind, the more the better; NaN where it does not.</summary>
    public double Score(string kind, int item, CustomerCounts own) => !_inputs.Catalog.Available[item] ? double.NaN : kind switch
    {
        Popular => Customers(item, own) is > 0 and var customers ? customers : double.NaN,
        Trending => Growth(item, own),
        New => _inputs.Catalog.Added![item] >= _windows.NewFrom && _inputs.Catalog.Added[item] > 0 ? Customers(item, own) : double.NaN,
        OnSale => IsKnown(item, own) && _discounts![item] >= _options.MinDiscount ? _discounts[item] : double.NaN,
        WellRated => IsKnown(item, own) ? Rating(item) : double.NaN,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "unknown kind of list"),
    };

    /// <summary>The item's customers among some, beside what would be those of made-up ones.</summary>
    private double Customers(int item, CustomerCounts own)
    {
        double all = Enough(_overall.Popular[item]);
        return ReferenceEquals(own, _overall) ? all : Enough(own.Popular[item]) + OfAll * all / _most;
    }

    /// <summary>
    /// How far the customers of late are above those that the share of before lets expect, in standard deviations of a Poisson number.
    /// </summary>
    private double Growth(int item, CustomerCounts own)
    {
        int recent = own.Recent[item];
        if (recent < Math.Max(MinTrending, _inputs.MinCustomers)) return double.NaN;
        double shareOfAll = (double)_overall.Before[item] / _overall.BeforeTotal;
        double share = (own.Before[item] + OfAll * shareOfAll) / (own.BeforeTotal + OfAll);
        double expected = own.RecentTotal * share;
        return recent > expected ? (recent - expected) / Math.Sqrt(expected + 1) : double.NaN;
    }

    /// <summary>By reviews where there is a table of them: its flagged ones do not count. Else by the log's ratings.</summary>
    private double Rating(int item)
    {
        if (_inputs.Reviews is { } reviews)
        {
            bool isKnown = Math.Min(reviews.Felt[item], reviews.Counts[item]) >= Math.Max(_options.MinRatings, _inputs.MinCustomers);
            return isKnown && reviews.Sentiment(item) is var sentiment && sentiment >= reviews.Mean ? sentiment : double.NaN;
        }
        var ratings = _inputs.Purchases.Ratings!;
        if (ratings.Counts[item] < Math.Max(_options.MinRatings, _inputs.MinCustomers)) return double.NaN;
        double mean = (ratings.Sums[item] + UsualRatings * _meanRating) / (ratings.Counts[item] + UsualRatings);
        return mean >= _meanRating ? mean : double.NaN;
    }

    /// <summary>Whether the segment has to do with the item: it has as many customers there as it must.</summary>
    private bool IsKnown(int item, CustomerCounts own) => ReferenceEquals(own, _overall) || own.Popular[item] >= Math.Max(1, _inputs.MinCustomers);

    private double Enough(int customers) => customers >= _inputs.MinCustomers ? customers : 0;
}
