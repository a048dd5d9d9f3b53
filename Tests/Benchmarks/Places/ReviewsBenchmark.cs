using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// The sentiment of reviews, by the shipped encoder or by that of <c>--model FOLDER</c>. <c>reviews --file F</c>: lines of a text, a tab and 1 (positive) or 0,
/// as those of the Sentiment Labelled Sentences (Kotzias et al. 2015, UCI Machine Learning Repository, CC BY 4.0): accuracy and AUC on a fifth that is held
/// out by hash of the text. Without a file the reviews are made, with spam among them, and it says too which of that was found.
/// </summary>
internal static class ReviewsBenchmark
{
    private const int Items = 50;

    private static readonly string[] Praise =
    [
        "works as it should", "I love it", "great quality for the price", "a lovely present", "exactly as described", "my friends asked where it is from",
        "would buy it again", "well made and nicely packed",
    ];

    private static readonly string[] Blame =
    [
        "broke after a week", "I sent it back", "poor quality for the price", "not what the picture shows", "smaller than described", "the paint came off",
        "would not buy it again", "badly packed and chipped",
    ];

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        using var encoder = TextEncoders.Open(new EmbedOptions { Model = given.Text("model", "") }, StageContext.Quiet());
        if (encoder is null) throw new ArgumentException("there is no encoder; run it from the repository's root, or name one with --model");
        string? file = given.Optional("file");
        var (rows, spam) = file is null ? Made(given.Int("reviews", 4_000)) : (Lines(file), new Dictionary<int, string>());
        var log = ReviewLog.Of(rows, [.. Enumerable.Range(0, 1 + rows.Max(r => r.Author))], new SortedDictionary<string, int>());
        long began = TimeProvider.System.GetTimestamp();
        int texts = 0;
        var reviews = ItemReviews.Of(log, Items, new ReviewsOptions(), some =>
        {
            texts = some.Count;
            return EmbeddingTable.OfUnitRows(encoder.Encode(some, StageContext.Quiet()));
        }, StageContext.Quiet());
        double seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(file is null ? "made-up reviews, one in ten of which says the opposite of its rating:" : $"{file}:");
        Console.WriteLine(reviews.Report.Note);
        if (reviews.Report.Classifier is { } quality)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"less what most are {quality.Difference.Value:+.000;-.000} ({quality.Difference.Low:+.000;-.000} to {quality.Difference.High:+.000;-.000}); ")
                + string.Create(
                    CultureInfo.InvariantCulture,
                    $"log loss {quality.LogLoss:.000} beside {quality.ShareLogLoss:.000}; {texts:N0} texts in {seconds:F1} s"));
        }
        if (file is not null) return 0;
        var statuses = ReviewFlags.Of(log, new ReviewsOptions());
        foreach (string kind in spam.Values.Distinct().Order(StringComparer.Ordinal))
        {
            int[] own = [.. Enumerable.Range(0, log.Rows.Length).Where(r => spam.GetValueOrDefault(log.Rows[r].Author) == kind)];
            Console.WriteLine($"{kind}: {own.Count(r => statuses[r] != ReviewStatus.Counts)} of {own.Length} left out");
        }
        int others = Enumerable.Range(0, log.Rows.Length).Count(r => statuses[r] != ReviewStatus.Counts && !spam.ContainsKey(log.Rows[r].Author));
        Console.WriteLine($"others left out: {others}");
        return 0;
    }

    private static List<Review> Lines(string file)
    {
        var rows = new List<Review>();
        foreach (string line in File.ReadLines(file))
        {
            int tab = line.LastIndexOf('\t');
            string label = line[(tab + 1)..].Trim();
            if (tab > 0 && label is ("0" or "1")) rows.Add(new Review(rows.Count % Items, rows.Count, 0, label == "1" ? 5 : 1, line[..tab].Trim()));
        }
        return rows;
    }

    /// <summary>
    /// Seven of ten are positive. Ten authors write one text five times each, two write thirty in a day, thirty write again of the same item.
    /// </summary>
    private static (List<Review> Rows, Dictionary<int, string> Spam) Made(int count)
    {
        var random = new SplitMix64(1, "reviews");
        string[] things = ["cup", "lantern", "bag", "clock", "cake stand", "candle", "jam jar", "cushion", "door mat", "bowl"];
        var (rows, spam) = (new List<Review>(), new Dictionary<int, string>());
        int author = 0;
        for (; author < count; author++) rows.Add(Of(author, random.NextInt(Items), (uint)(1_000_000 + author * 3_600)));
        for (int n = 0; n < 10; n++, author++)
        {
            spam[author] = "one text five times";
            for (int k = 0; k < 5; k++)
                rows.Add(new Review(k, author, (uint)(2_000_000 + k * 90_000), 5, $"Cheapest {things[n]} ever, order at shop number {n} today"));
        }
        for (int n = 0; n < 2; n++, author++)
        {
            spam[author] = "thirty within a day";
            for (int k = 0; k < 30; k++) rows.Add(Of(author, k, (uint)(3_000_000 + k * 600)));
        }
        for (int n = 0; n < 30; n++, author++)
        {
            spam[author] = "the older of two of an item";
            for (int k = 0; k < 2; k++) rows.Add(Of(author, n, (uint)(4_000_000 + k * 900_000)));
        }
        return (rows, spam);

        Review Of(int by, int item, uint second)
        {
            bool positive = random.NextDouble() < 0.7, says = random.NextDouble() < 0.1 ? !positive : positive;
            string[] words = says ? Praise : Blame;
            string thing = things[random.NextInt(things.Length)];
            string text = $"The {thing}: {words[random.NextInt(words.Length)]}, {words[random.NextInt(words.Length)]} ({by} {second % 97}).";
            return new Review(item, by, second, positive ? 4 + random.NextInt(2) : 1 + random.NextInt(2), text);
        }
    }
}
