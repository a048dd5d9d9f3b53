using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places.Lists;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class ReviewsTests
{
    private const string Spam = "best shop ever buy at example dot com now";

    private static readonly Dictionary<string, int> None = [];

    [TestMethod]
    public void Repeated_texts_bursts_and_older_ones_of_an_author_do_not_count()
    {
        var rows = new List<Review>();
        for (int a = 0; a < 4; a++) rows.Add(new Review(0, a, 1_000, 5, a == 3 ? Spam.ToUpperInvariant() + "!" : Spam));
        for (int a = 10; a < 14; a++) rows.Add(new Review(1, a, 1_000, 5, "great!"));
        for (int item = 0; item < 3; item++) rows.Add(new Review(item, 20, 5_000 + (uint)item * 3_600, 1, $"number {item}"));
        rows.Add(new Review(2, 20, 5_000 + 5 * MadeLog.Day, 1, "weeks later"));
        rows.Add(new Review(3, 30, 1_000, 1, "broken on arrival"));
        rows.Add(new Review(3, 30, 9_000, 4, "they sent another, which works"));
        rows.Add(new Review(3, -1, 1_000, 4, "fine"));
        rows.Add(new Review(3, -1, 2_000, 4, "fine too"));

        var log = Log(rows);
        var statuses = ReviewFlags.Of(log, new ReviewsOptions { MaxSameText = 3, MaxAuthorDay = 2 });

        string[] flagged = [.. log.Rows.Zip(statuses).Where(r => r.Second != ReviewStatus.Counts).Select(r => $"{r.Second} {r.First.Text}")
            .Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(
            new[]
            {
                "Burst number 0", "Burst number 1", "Burst number 2", $"RepeatedText {Spam}", $"RepeatedText {Spam}", $"RepeatedText {Spam}",
                $"RepeatedText {Spam.ToUpperInvariant()}!", "WrittenAgain broken on arrival",
            }.Order(StringComparer.Ordinal).ToArray(),
            flagged, "a word or two are alike by chance, and rows without an author are of many");
        CollectionAssert.AreEqual(
            new ReviewStatus[log.Rows.Length - 2],
            ReviewFlags.Of(log, new ReviewsOptions { MaxSameText = 4 }).Where(s => s != ReviewStatus.WrittenAgain).ToArray());
    }

    [TestMethod]
    public void Held_out_reviews_say_how_well_the_classifier_reads()
    {
        var report = Made(rated: 800, unrated: 0).Report;

        var quality = report.Classifier!;
        Assert.AreEqual((640, 160), (quality.Trained, quality.Tested));
        // One text in ten is on the other side of its rating.
        Assert.AreEqual(0.9, quality.Accuracy.Value, 0.06);
        Assert.IsTrue(quality.Accuracy.Low < quality.Accuracy.Value && quality.Accuracy.Value < quality.Accuracy.High, quality.Accuracy.ToString());
        Assert.AreEqual(0.7, quality.Majority.Value, 0.1, "as many are positive");
        Assert.IsTrue(quality.Difference.Low > 0 && quality.Auc.Low > 0.75 && quality.IsUseful, quality.ToString());
        StringAssert.Contains(report.Note, "160 held-out");
    }

    [TestMethod]
    public void A_classifier_that_learned_nothing_reads_nothing()
    {
        var reviews = Made(rated: 800, unrated: 200, noise: 0.5);

        Assert.IsFalse(reviews.Report.Classifier!.IsUseful, reviews.Report.Note);
        Assert.AreEqual(1_000, reviews.Report.Counted);
        Assert.AreEqual(800, reviews.Report.WithSentiment, "those without a rating say nothing");
        Assert.IsNull(Made(rated: 80, unrated: 20).Report.Classifier, "too few of them are negative");
    }

    [TestMethod]
    public void Reviews_without_a_rating_have_the_sentiment_of_their_text()
    {
        var rows = MadeRows(rated: 800, unrated: 0);
        for (int n = 0; n < 8; n++)
        {
            rows.Add(new Review(10, 5_000 + n, 1, float.NaN, Words(true, n, 9)));
            rows.Add(new Review(11, 6_000 + n, 1, float.NaN, Words(false, n, 9)));
        }

        var reviews = Of(rows);

        Assert.IsGreaterThan(0.75, reviews.Sentiment(10));
        Assert.IsLessThan(0.5, reviews.Sentiment(11));
        Assert.AreEqual((8, 8, 0, 8), (reviews.Counts[11], reviews.Felt[11], reviews.Positive[11], reviews.Negative[11]));
    }

    [TestMethod]
    public void An_item_of_few_reviews_is_drawn_towards_all()
    {
        List<Review> rows = [new(0, 0, 1, 5, null), .. Enumerable.Range(1, 30).Select(a => new Review(1, a, 1, a <= 24 ? 4 : 1, null))];
        rows.Add(new Review(2, 50, 1, 3, null));

        var reviews = Of(rows);

        double mean = (1 + 24 + 0.5) / 32;
        Assert.AreEqual(mean, reviews.Mean, 1e-12);
        Assert.AreEqual((1 + 5 * mean) / 6, reviews.Sentiment(0), 1e-12);
        Assert.AreEqual((24 + 5 * mean) / 35, reviews.Sentiment(1), 1e-12);
        Assert.AreEqual((24, 6), (reviews.Positive[1], reviews.Negative[1]));
        Assert.AreEqual((0, 0), (reviews.Positive[2], reviews.Negative[2]), "three stars are neither");
    }

    [TestMethod]
    public void The_table_has_a_row_an_item_with_enough_authors()
    {
        var rows = Enumerable.Range(0, 5).Select(a => new Review(1, a, 1, 4, null)).Append(new Review(0, 9, 1, 5, null)).Append(new Review(1, 0, 2, 2, null));
        var inputs = MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 0, 0)]), 12) with { Reviews = Of(rows) };

        string[] made = MadeLog.Made(new ItemReviewsPlace(), inputs with { MinCustomers = 2 }).Rows;

        // Author 0 wrote again and changed their mind: four of five are positive.
        double sentiment = (4 + 5 * (5.0 / 6)) / 10;
        Assert.AreEqual(string.Create(CultureInfo.InvariantCulture, $"i1 1 {sentiment} 5 5 3.6 4 1 1"), made.Single());
        Assert.HasCount(2, MadeLog.Made(new ItemReviewsPlace(), inputs).Rows);
        StringAssert.Contains(new ItemReviewsPlace().Lacks(inputs with { Reviews = null }), "Places:Reviews:Path");
        StringAssert.Contains(new ItemReviewsPlace().Lacks(inputs with { NeedsNoise = true }), "Privacy:Epsilon");
    }

    [TestMethod]
    public void Well_rated_is_what_reviews_praise()
    {
        var rows = Enumerable.Range(0, 6).SelectMany(a => new[] { new Review(0, a, 1, 1, null), new Review(1, a, 1, 5, null) })
            .Append(new Review(2, 0, 1, 5, null));
        var log = MadeLog.Of(1, [(0, 1, 0, 0), (0, 1, 0, 1), (0, 1, 0, 2)]) with
        {
            Ratings = new ItemRatings([9, .. new int[11]], [45, .. new double[11]]),
        };

        string[] lists = MadeLog.Made(
            new SegmentListsPlace(new ListsOptions { MinItems = 1 }), MadeLog.Inputs(log, 12) with { Reviews = Of(rows) }).Rows;

        CollectionAssert.AreEqual(
            new[] { "i1" }, lists.Where(r => r.StartsWith("all well_rated", StringComparison.Ordinal)).Select(r => r.Split(' ')[3]).ToArray(),
            "the log's own stars, which nobody cleaned, say the opposite");
    }

    [TestMethod]
    public void A_moment_knows_nothing_that_was_written_behind_it()
    {
        var rows = MadeRows(rated: 600, unrated: 100);
        const uint Moment = 500_000;
        List<Review> then = [.. rows.Where(r => r.Second <= Moment)];
        // What comes later would change everything: who wrote again, which texts are spam, how texts are read, and what is said.
        rows.AddRange(then.Take(50).Select(r => r with { Second = Moment + 1, Rating = 6 - r.Rating }));
        rows.AddRange(Enumerable.Range(0, 20).Select(n => new Review(0, 5_000 + n, Moment + 2, 1, "good 7 7 and again good 7 7")));
        rows.AddRange(Enumerable.Range(0, 300).Select(n => new Review(n % 10, 6_000 + n, Moment + 3, 1, Words(true, n, 3))));
        rows.Add(new Review(1, 9_000, 0, 1, "nobody knows when"));

        var (past, all) = (Figures(Of(Log(rows).UpTo(Moment))), Figures(Of(rows)));

        CollectionAssert.AreEqual(Figures(Of(then)), past);
        CollectionAssert.AreNotEqual(all, past);

        static float[] Figures(ItemReviews reviews) =>
            reviews.Figures(1) is var (sentiments, ratings, counts) ? [.. sentiments, .. ratings, .. counts.Select(n => (float)n)] : [];
    }

    [TestMethod]
    public void Figures_say_nothing_of_an_item_of_too_few_authors()
    {
        var reviews = Of([new(0, 0, 1, 5, null), new(1, 0, 1, 5, null), new(1, 1, 1, 1, null), new(2, 2, 1, float.NaN, "unread")]);

        var (all, told) = (reviews.Figures(1), reviews.Figures(2));

        Assert.AreEqual((1, 2, 1), (all.Count(0), all.Count(1), all.Count(2)));
        Assert.AreEqual((5 + 5 * 11.0 / 3) / 6, all.Rating(0), 1e-6);
        Assert.AreEqual((1 + 5 * 2.0 / 3) / 6, all.Sentiment(0), 1e-6);
        Assert.IsTrue(float.IsNaN(all.Sentiment(2)) && float.IsNaN(all.Rating(2)), "it counts, and nobody could read it");
        Assert.IsTrue(told.Count(0) == 0 && float.IsNaN(told.Sentiment(0)) && float.IsNaN(told.Rating(0)));
        Assert.AreEqual(all.Sentiment(1), told.Sentiment(1));
    }

    [TestMethod]
    public void What_reviews_say_is_read_back_as_it_was()
    {
        using var folder = new TempFolder();
        var reviews = Made(rated: 600, unrated: 100);
        reviews.Write(folder.File("items.bin"));
        reviews.Report.Write(folder.File(ReviewsReport.FileName));
        new ReviewedMoments(new Dictionary<uint, ReviewedItems> { [7] = reviews.Figures(1), [9] = reviews.Figures(60) }).Write(folder.File("moments.bin"));

        var read = ItemReviews.Read(folder.File("items.bin"), ReviewsReport.Read(folder.File(ReviewsReport.FileName)));
        var moments = ReviewedMoments.Read(folder.File("moments.bin"));

        var inputs = MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 0, 0)]), 12);
        CollectionAssert.AreEqual(
            MadeLog.Made(new ItemReviewsPlace(), inputs with { Reviews = reviews }).Rows,
            MadeLog.Made(new ItemReviewsPlace(), inputs with { Reviews = read }).Rows);
        Assert.AreEqual(reviews.Report.Note, read.Report.Note);
        CollectionAssert.AreEqual(reviews.Figures(1).Sentiments, moments.At(History(7, 3))!.Sentiments);
        CollectionAssert.AreEqual(reviews.Figures(60).Counts, moments.At(History(1, 9))!.Counts);
        Assert.IsNull(moments.At(new InteractionMatrix(History(7, 3).ByUser)), "a log without time has no moment");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => moments.At(History(8, 3))).Message, "second 8");

        static InteractionMatrix History(params uint[] seconds) => new(new SparseRows(1, 2, [0, 2], [0, 1], [1, 1]), seconds);
    }

    [TestMethod]
    public void Texts_are_encoded_once()
    {
        int asked = 0;
        var texts = new ReviewTexts(some =>
        {
            asked += some.Count;
            return Encode(some);
        });

        var first = texts.Encode(["good 1 1", "bad 2 2"])!;
        var second = texts.Encode(["bad 2 2", "good 3 3", "good 1 1"])!;

        Assert.AreEqual(3, asked);
        CollectionAssert.AreEqual(first.Vectors.Row(1).ToArray(), second.Vectors.Row(0).ToArray());
        CollectionAssert.AreEqual(first.Vectors.Row(0).ToArray(), second.Vectors.Row(2).ToArray());
        Assert.IsNull(new ReviewTexts(_ => null).Encode(["good 1 1"]));
    }

    [TestMethod]
    public void The_order_of_rows_and_files_changes_nothing()
    {
        var rows = MadeRows(rated: 600, unrated: 100);
        double[] one = Sentiments(Of(rows));
        rows.Reverse();

        CollectionAssert.AreEqual(one, Sentiments(Of(rows)));

        static double[] Sentiments(ItemReviews reviews) => [.. Enumerable.Range(0, 12).Select(reviews.Sentiment)];
    }

    private static ItemReviews Made(int rated, int unrated, double noise = 0.1) => Of(MadeRows(rated, unrated, noise));

    private static ItemReviews Of(IEnumerable<Review> rows) => Of(Log(rows));

    private static ItemReviews Of(ReviewLog log) => ItemReviews.Of(log, 12, new ReviewsOptions(), Encode, StageContext.Quiet(1));

    private static ReviewLog Log(IEnumerable<Review> rows) => ReviewLog.Of(rows, [.. Enumerable.Range(0, 10_000)], None);

    /// <summary>Made-up reviews: seven of ten are positive, and a share <paramref name="noise"/> of texts says the opposite of its rating.</summary>
    private static List<Review> MadeRows(int rated, int unrated, double noise = 0.1)
    {
        var random = new SplitMix64(3, "reviews");
        var rows = new List<Review>();
        for (int n = 0; n < rated + unrated; n++)
        {
            bool positive = random.NextDouble() < 0.7, says = random.NextDouble() < noise ? !positive : positive;
            float rating = positive ? 4 + random.NextInt(2) : 1 + random.NextInt(2);
            rows.Add(new Review(random.NextInt(10), n, (uint)(n + 1) * 1_000, n < rated ? rating : float.NaN, Words(says, n, random.NextInt(100))));
        }
        return rows;
    }

    private static string Words(bool praises, int number, int more) => $"{(praises ? "good" : "bad")} {number} {more}";

    /// <summary>Two directions for praise and blame, six for what else is said.</summary>
    private static EmbeddingTable Encode(IReadOnlyList<string> texts)
    {
        var vectors = new FactorMatrix(texts.Count, 8);
        for (int t = 0; t < texts.Count; t++)
        {
            string[] words = texts[t].Split(' ');
            vectors.Row(t)[words[0] == "good" ? 0 : 1] = 1;
            for (int k = 0; k < 6; k++) vectors.Row(t)[2 + k] = (words[2][0] >> k & 1) - 0.5f;
        }
        return EmbeddingTable.Normalize(vectors);
    }
}
