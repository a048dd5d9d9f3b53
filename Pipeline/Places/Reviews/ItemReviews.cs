using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.Reviews;

/// <summary>
/// What reviews say of each item. A review that is rated is positive (1), negative (0) or neither (.5) by its rating; one that is not, by the classifier's
/// probability from its text, where that says more than nothing. By item index; memory: 44 bytes an item.
/// </summary>
internal sealed class ItemReviews(int items)
{
    /// <summary>Reviews that count; each is of another author.</summary>
    public int[] Counts { get; } = new int[items];

    public int[] Flagged { get; } = new int[items];

    public int[] Rated { get; } = new int[items];

    public double[] RatingSums { get; } = new double[items];

    /// <summary>Reviews that have a sentiment.</summary>
    public int[] Felt { get; } = new int[items];

    public int[] Positive { get; } = new int[items];

    public int[] Negative { get; } = new int[items];

    private readonly double[] _sums = new double[items];

    private const string Section = "reviews";

    public ReviewsReport Report { get; private set; } = null!;

    /// <summary>Mean sentiment of all reviews.</summary>
    public double Mean { get; private set; }

    private double Prior { get; set; }

    /// <summary>The item's mean sentiment, 0 to 1, drawn towards that of all.</summary>
    public double Sentiment(int item) => _sums[item] + Prior * Mean is var sum && Felt[item] + Prior > 0 ? sum / (Felt[item] + Prior) : Mean;

    /// <summary>What a ranker learns from; of items with fewer reviews than must stand behind what others see, nothing.</summary>
    /// <param name="least">1 up.</param>
    public ReviewedItems Figures(int least)
    {
        double meanRating = RatingSums.Sum() / Math.Max(1, Rated.Sum(n => (long)n));
        var figures = new ReviewedItems(new float[Counts.Length], new float[Counts.Length], new int[Counts.Length]);
        for (int item = 0; item < Counts.Length; item++)
        {
            bool isKnown = Counts[item] >= least;
            figures.Counts[item] = isKnown ? Counts[item] : 0;
            figures.Sentiments[item] = isKnown && Felt[item] > 0 ? (float)Sentiment(item) : float.NaN;
            figures.Ratings[item] = isKnown && Rated[item] > 0
                ? (float)((RatingSums[item] + Prior * meanRating) / (Rated[item] + Prior)) : float.NaN;
        }
        return figures;
    }

    /// <summary>All but the report, which is a file of its own.</summary>
    public void Write(string path)
    {
        using var writer = new ArtifactWriter(path);
        writer.Write(Section + ".counts", Counts).Write(Section + ".flagged", Flagged).Write(Section + ".rated", Rated)
            .Write(Section + ".rating_sums", RatingSums).Write(Section + ".felt", Felt).Write(Section + ".positive", Positive)
            .Write(Section + ".negative", Negative).Write(Section + ".sums", _sums).Write(Section, [Mean, Prior]);
        writer.Complete();
    }

    public static ItemReviews Read(string path, ReviewsReport report)
    {
        var reader = new ArtifactReader(path);
        int[] counts = reader.Read<int>(Section + ".counts");
        double[] numbers = reader.Read<double>(Section);
        var found = new ItemReviews(counts.Length) { Mean = numbers[0], Prior = numbers[1], Report = report };
        counts.CopyTo(found.Counts, 0);
        reader.Read<int>(Section + ".flagged").CopyTo(found.Flagged, 0);
        reader.Read<int>(Section + ".rated").CopyTo(found.Rated, 0);
        reader.Read<double>(Section + ".rating_sums").CopyTo(found.RatingSums, 0);
        reader.Read<int>(Section + ".felt").CopyTo(found.Felt, 0);
        reader.Read<int>(Section + ".positive").CopyTo(found.Positive, 0);
        reader.Read<int>(Section + ".negative").CopyTo(found.Negative, 0);
        reader.Read<double>(Section + ".sums").CopyTo(found._sums, 0);
        return found;
    }

    /// <param name="encode">Texts to unit vectors; null where there is no encoder.</param>
    /// <param name="judges">Whether the classifier is learned and tested where nothing is left for it to read, too.</param>
    public static ItemReviews Of(
        ReviewLog log, int items, ReviewsOptions options, Func<IReadOnlyList<string>, EmbeddingTable?> encode, StageContext context, bool judges = true)
    {
        var statuses = ReviewFlags.Of(log, options);
        int[] counted = [.. Enumerable.Range(0, log.Rows.Length).Where(r => statuses[r] == ReviewStatus.Counts)];
        var (read, quality) = Sentiments(log, counted, options, encode, judges);
        context.Cancellation.ThrowIfCancellationRequested();
        var found = new ItemReviews(items) { Prior = options.PriorReviews };
        int rated = 0, felt = 0;
        for (int r = 0; r < log.Rows.Length; r++)
        {
            var (item, _, _, rating, _) = log.Rows[r];
            if (statuses[r] != ReviewStatus.Counts)
            {
                found.Flagged[item]++;
                continue;
            }
            found.Counts[item]++;
            bool isRated = !float.IsNaN(rating);
            if (isRated)
            {
                rated++;
                found.Rated[item]++;
                found.RatingSums[item] += rating;
            }
            double sentiment = !isRated ? read.GetValueOrDefault(r, double.NaN) : rating >= options.PositiveFrom ? 1 : rating <= options.NegativeTo ? 0 : 0.5;
            if (double.IsNaN(sentiment)) continue;
            felt++;
            found.Felt[item]++;
            found._sums[item] += sentiment;
            if (sentiment > 0.5) found.Positive[item]++;
            else if (sentiment < 0.5) found.Negative[item]++;
        }
        found.Mean = felt == 0 ? 0.5 : found._sums.Sum() / felt;
        var leftOut = new SortedDictionary<string, int>(log.LeftOut.ToDictionary(), StringComparer.Ordinal);
        foreach (var (status, count) in statuses.Where(s => s != ReviewStatus.Counts).CountBy(s => s)) leftOut[ReviewsReport.Name(status)] = count;
        found.Report = new ReviewsReport(log.Rows.Length + log.LeftOut.Values.Sum(), counted.Length, rated, felt, found.Mean, leftOut, quality);
        return found;
    }

    /// <summary>The sentiment of each review that has a text and no rating, by its position, where a classifier can be learned; and how good that is.</summary>
    private static (Dictionary<int, double> Sentiments, SentimentQuality? Quality) Sentiments(
        ReviewLog log, int[] counted, ReviewsOptions options, Func<IReadOnlyList<string>, EmbeddingTable?> encode, bool judges)
    {
        int[] unrated = [.. counted.Where(r => log.Rows[r].Text is not null && float.IsNaN(log.Rows[r].Rating))];
        if (unrated.Length == 0 && !judges) return ([], null);
        int[] rated =
        [
            .. counted.Where(r => log.Rows[r].Text is not null && (log.Rows[r].Rating >= options.PositiveFrom || log.Rows[r].Rating <= options.NegativeTo))
                .OrderByDescending(r => log.Rows[r].Second).ThenBy(r => r).Take(options.MaxTraining),
        ];
        bool[] positive = [.. rated.Select(r => log.Rows[r].Rating >= options.PositiveFrom)];
        if (Math.Min(positive.Count(p => p), positive.Count(p => !p)) < SentimentTraining.MinOfClass) return ([], null);
        string[] texts = [.. rated.Concat(unrated).Select(r => log.Rows[r].Text!).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        if (encode(texts) is not { } vectors) return ([], null);
        var numbers = texts.Index().ToDictionary(t => t.Item, t => t.Index, StringComparer.Ordinal);
        int[] vectorOf = [.. log.Rows.Select(r => r.Text is { } text ? numbers.GetValueOrDefault(text, -1) : -1)];
        var (model, quality) = SentimentTraining.Of(log, rated, positive, vectors, vectorOf);
        if (model is null || quality is not { IsUseful: true }) return ([], quality);
        return (unrated.ToDictionary(r => r, r => model.Probability(vectors.Vectors.Row(vectorOf[r]))), quality);
    }
}
