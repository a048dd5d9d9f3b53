using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Classifier;
using Recsys.Batch.Pipeline.Embed.Clusters;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed.Classifier;

[TestClass]
internal sealed class ClassifierTests
{
    private const int Planted = 4, Each = 90, Width = 12;

    private static readonly string[] s_paths = ["home/tea", "home/lamps", "toys/dolls", "toys/cars"];

    [TestMethod]
    public void Items_without_category_get_the_one_that_their_text_says()
    {
        var catalog = Catalog(i => i % 3 == 0 ? i % 2 == 0 ? null : "" : s_paths[i % Planted]);
        var asked = new List<string>();
        var predicted = Of(catalog, new ClassifierOptions(), Clean, asked: asked)!;

        for (int i = 0; i < catalog.Items; i++)
        {
            Assert.AreEqual(s_paths[i % Planted], predicted.Categories[i], $"item {i}");
            Assert.AreEqual(i % 3 == 0, predicted.Confidence[i] is >= 0.7f and <= 1, $"item {i}: {predicted.Confidence[i]}");
        }
        Assert.AreEqual((Planted * Each / 3, Planted * Each / 3), (predicted.Report.Missing, predicted.Report.Predicted));
        Assert.AreEqual(1, predicted.Report.Quality!.Accuracy.Value);
        Assert.AreEqual(0.25, predicted.Report.Quality.Largest, 0.01);
        // Whoever lacks a category lacks its words too: learned from are texts without them, of items that have one.
        Assert.HasCount(Planted * Each * 2 / 3, asked);
        Assert.IsFalse(asked.Exists(t => t.Contains("home", StringComparison.Ordinal) || t.Contains("toys", StringComparison.Ordinal)), asked[0]);
    }

    [TestMethod]
    public void Categories_that_text_says_nothing_of_stay_empty()
    {
        var random = new SplitMix64(3, "labels");
        var catalog = Catalog(i => i % 3 == 0 ? null : s_paths[random.NextInt(Planted)]);
        var heard = new Heard();
        var predicted = Of(catalog, new ClassifierOptions(), Clean, progress: heard)!;

        Assert.AreEqual(0, predicted.Report.Predicted);
        CollectionAssert.AreEqual(catalog.Categories, predicted.Categories);
        Assert.IsTrue(predicted.Report.Quality!.Accuracy.Low < 0.35, $"{predicted.Report.Quality}");
        StringAssert.Contains(predicted.Report.Why, "not surely good enough");
        predicted.Tell(heard);
        StringAssert.Contains(heard.Notes.Single(), "0 of 120 items without one got a predicted one");
        Assert.AreEqual(120, heard.Metrics["categories.missing"]);
    }

    [TestMethod]
    public void What_lies_between_two_categories_gets_the_one_above_them()
    {
        // Dolls and cars are told alike, tea and lamps are not: the last items are surely toys, and no more is sure.
        var catalog = Catalog(i => i >= Planted * (Each - 10) ? null : s_paths[i % Planted]);
        var predicted = Of(catalog, new ClassifierOptions { MinPrecision = 0.5 }, (i, row) =>
        {
            Clean(i, row);
            if (i % Planted >= 2) (row[2], row[3]) = (0.7f, 0.7f);
        })!;

        for (int i = Planted * (Each - 10); i < catalog.Items; i++)
            Assert.AreEqual(i % Planted >= 2 ? "toys" : s_paths[i % Planted], predicted.Categories[i], $"item {i}");
    }

    [TestMethod]
    public void Nothing_is_asked_where_no_item_lacks_a_category_or_all_do()
    {
        foreach (var catalog in new[] { Catalog(i => s_paths[i % Planted]), Catalog(_ => null) })
        {
            var asked = new List<string>();
            Assert.IsNull(Of(catalog, new ClassifierOptions(), Clean, asked: asked));
            Assert.HasCount(0, asked);
        }
        Assert.IsNull(Of(Catalog(i => i % 2 == 0 ? null : "a"), new ClassifierOptions { Use = ClassifierUse.Off }, Clean));
    }

    [TestMethod]
    public void One_thread_and_four_give_the_same_bits()
    {
        var catalog = Catalog(i => i % 3 == 0 ? null : s_paths[i % Planted]);
        var one = Of(catalog, new ClassifierOptions(), Noisy, threads: 1)!;
        var four = Of(catalog, new ClassifierOptions(), Noisy, threads: 4)!;

        CollectionAssert.AreEqual(one.Confidence, four.Confidence);
        CollectionAssert.AreEqual(one.Categories, four.Categories);
        Assert.AreEqual(one.Report, four.Report);
    }

    [TestMethod]
    public void Small_categories_count_to_the_one_above_and_lone_ones_to_none()
    {
        var labels = CategoryLabels.Of(["a/x", "a/x", "a/x", "a/y", "a/z/1", "a/z/2", "b", "c", "c", "c"], minTexts: 3, maxLabels: 10);

        CollectionAssert.AreEqual(new[] { "a", "a/x", "c" }, labels.Names);
        CollectionAssert.AreEqual(new[] { 1, 0, 0, -1, 2 }, Array.ConvertAll(["a/x", "a/y", "a/z/2", "b", "c"], labels.LabelOf));
        // Where fewer are wanted, those of the most texts remain.
        CollectionAssert.AreEqual(new[] { "a/x" }, CategoryLabels.Of(["a/x", "a/x", "a/x", "a/y", "a/y", "c", "c"], 2, maxLabels: 1).Names);
    }

    [TestMethod]
    public void A_path_is_told_as_deep_as_it_is_sure()
    {
        var labels = CategoryLabels.Of(["a", "a/x", "a/y", "b"], minTexts: 1, maxLabels: 10);

        Assert.AreEqual(("a/x", 0.8), labels.Deepest([0.1, 0.8, 0.05, 0.05], 0.7));
        Assert.AreEqual("a", labels.Deepest([0.1, 0.4, 0.4, 0.1], 0.7).Path);
        Assert.AreEqual(0.9, labels.Deepest([0.1, 0.4, 0.4, 0.1], 0.7).Probability, 1e-12);
        Assert.IsNull(labels.Deepest([0.1, 0.2, 0.2, 0.5], 0.7).Path);
        Assert.IsTrue(CategoryLabels.Holds("a", "a/x"));
        Assert.IsFalse(CategoryLabels.Holds("a", "ab"));
    }

    [TestMethod]
    public void Chances_of_the_trained_model_add_up_and_follow_the_rows()
    {
        float[] rows = [2, 0, 2, 0.1f, 0, 2, 0.1f, 2, -2, -2, -2, -1.9f];
        var model = MaximumEntropy.Train(rows, [0, 0, 1, 1, 2, 2], 3, 0.001, 100, seed: 1);
        var chances = new double[3];
        for (int row = 0; row < 6; row++)
        {
            model.Probabilities(rows.AsSpan(row * 2, 2), chances);
            Assert.AreEqual(1, chances.Sum(), 1e-12);
            Assert.IsTrue(chances[row / 2] > 0.9, $"row {row}: {string.Join(' ', chances)}");
        }
    }

    [TestMethod]
    public void Confidence_is_kept_beside_categories_where_some_were_predicted()
    {
        using var folder = new Runs.TempFolder();
        EmbedArtifacts.WriteCategories(folder.File(""), ["a", "b", null], [float.NaN, 0.9f, float.NaN]);
        CollectionAssert.AreEqual(new[] { float.NaN, 0.9f, float.NaN }, EmbedArtifacts.ReadConfidence(folder.File("")));
        CollectionAssert.AreEqual(new[] { "a", "b", null }, EmbedArtifacts.ReadCategories(folder.File("")));
        EmbedArtifacts.WriteCategories(folder.File(""), ["a", null]);
        Assert.IsNull(EmbedArtifacts.ReadConfidence(folder.File("")));
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        var check = new OptionsCheck("Embed:Classifier");
        new ClassifierOptions { Use = (ClassifierUse)7, Threshold = 0.4, MinPrecision = 2, MinTexts = 1, MaxCategories = 1, MaxTexts = 5, L2 = 0 }
            .Validate(check);

        string faults = string.Join('\n', check.Faults);
        foreach (string key in (string[])["Use", "Threshold", "MinPrecision", "MinTexts", "MaxCategories", "MaxTexts", "L2"])
            StringAssert.Contains(faults, $"Embed:Classifier:{key} ");
        Assert.HasCount(7, check.Faults);
    }

    /// <summary>A row by its category alone, with a little of its own.</summary>
    private static void Clean(int item, Span<float> row)
    {
        row[item % Planted] = 1;
        row[Planted + item % 5] = 0.05f;
    }

    private static void Noisy(int item, Span<float> row)
    {
        var random = new SplitMix64((ulong)item, "noise");
        for (int k = 0; k < row.Length; k++) row[k] = 0.3f * (float)random.NextNormal();
        row[item % Planted] += 1;
    }

    private static PredictedCategories? Of(
        Catalog catalog, ClassifierOptions options, VectorOf vector, List<string>? asked = null, IStageProgress? progress = null, int threads = 2)
    {
        var rows = new FactorMatrix(catalog.Items, Width);
        for (int i = 0; i < catalog.Items; i++) vector(i, rows.Row(i));
        var text = EmbeddingTable.Normalize(rows);
        return PredictedCategories.Of(
            catalog, text, ItemText.Fields, texts =>
            {
                asked?.AddRange(texts);
                var learned = new FactorMatrix(texts.Count, Width);
                for (int t = 0; t < texts.Count; t++) text.Vectors.Row(int.Parse(texts[t].AsSpan("thing ".Length), null)).CopyTo(learned.Row(t));
                return learned;
            },
            options, StageContext.Quiet(threads) with { Progress = progress ?? NoProgress.Instance });
    }

    private static Catalog Catalog(Func<int, string?> category)
    {
        int items = Planted * Each;
        return ItemClusters.With(
            new Catalog
            {
                Titles = [.. Enumerable.Range(0, items).Select(i => $"thing {i}")],
                Categories = new string?[items],
                Brands = new string?[items],
                Prices = new double[items],
                Available = new bool[items],
                TextHashes = new ulong[items],
            },
            [.. Enumerable.Range(0, items).Select(category)]);
    }

    private delegate void VectorOf(int item, Span<float> row);
}
