using System.Diagnostics;
using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Classifier;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// What <c>Embed:Classifier</c> says of a grocer's products whose categories (<c>department/product_category</c>) were hidden, by type, brand and package
/// size: of products drawn at random, and of all products of types drawn at random, so that nothing that has a category is called the same. <c>--share</c> is
/// hidden; <c>--l2</c>, <c>--threshold</c>, <c>--texts</c> and <c>--categories</c> are the classifier's options.
/// </summary>
internal static class ClassifierBenchmark
{
    private static readonly string[] Columns = ["brand", "department", "product_category", "product_type", "package_size"];

    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        string folder = ShippedEncoder.Find() ?? throw new ArgumentException("no data/text-encoder above the program");
        var context = StageContext.Quiet(arguments.Int("threads", Environment.ProcessorCount));
        var options = new ClassifierOptions();
        options.L2 = arguments.Double("l2", options.L2);
        options.Threshold = arguments.Double("threshold", options.Threshold);
        options.MaxTexts = arguments.Int("texts", options.MaxTexts);
        options.MaxCategories = arguments.Int("categories", options.MaxCategories);
        using var encoder = OnnxTextEncoder.Open(arguments.Text("model", folder), new EmbedOptions { Device = EmbedDevice.Cpu }, context);
        var all = Products(arguments.Text("products", Path.Combine(folder, "..", "complete-journey", "products.parquet")));
        foreach (bool wholeTypes in new[] { false, true })
        {
            var random = new SplitMix64(context.Seed, "hidden");
            var drawn = new Dictionary<string, bool>(StringComparer.Ordinal);
            double share = arguments.Double("share", 0.3);
            bool[] hidden = Array.ConvertAll(all.Titles, title =>
            {
                if (!wholeTypes) return random.NextDouble() < share;
                if (!drawn.TryGetValue(title ?? "", out bool own)) drawn[title ?? ""] = own = random.NextDouble() < share;
                return own;
            });
            Show(all, hidden, wholeTypes ? "all products of hidden types" : "products at random", encoder, options, context);
        }
        return 0;
    }

    private static void Show(Catalog all, bool[] hidden, string what, OnnxTextEncoder encoder, ClassifierOptions options, StageContext context)
    {
        var catalog = new Catalog
        {
            Titles = all.Titles,
            Categories = [.. all.Categories.Select((c, i) => hidden[i] ? null : c)],
            Brands = all.Brands,
            Texts = all.Texts,
            Prices = all.Prices,
            Available = all.Available,
            TextHashes = all.TextHashes,
        };
        string?[] texts = ItemText.Of(catalog, ItemText.Fields);
        string[] missing = [.. texts.Where((t, i) => hidden[i] && t is not null).Distinct(StringComparer.Ordinal).Select(t => t!)];
        var vectors = encoder.Encode(missing, context);
        var rowOf = missing.Select((t, row) => (t, row)).ToDictionary(m => m.t, m => m.row, StringComparer.Ordinal);
        var items = new FactorMatrix(catalog.Items, encoder.Dimension);
        for (int i = 0; i < catalog.Items; i++)
            if (hidden[i] && texts[i] is { } text) vectors.Row(rowOf[text]).CopyTo(items.Row(i));
        double encoding = 0;
        long started = Stopwatch.GetTimestamp();
        var predicted = PredictedCategories.Of(catalog, EmbeddingTable.OfUnitRows(items), ItemText.Fields, some =>
        {
            long begun = Stopwatch.GetTimestamp();
            var rows = encoder.Encode(some, context);
            encoding = Stopwatch.GetElapsedTime(begun).TotalSeconds;
            return rows;
        }, options, context)!;
        double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds - encoding;
        int told = 0, right = 0;
        double levels = 0;
        for (int i = 0; i < catalog.Items; i++)
        {
            if (float.IsNaN(predicted.Confidence[i])) continue;
            told++;
            if (!CategoryLabels.Holds(predicted.Categories[i]!, all.Categories[i]!)) continue;
            right++;
            levels += predicted.Categories[i]!.Split('/').Length;
        }
        var precision = told == 0 ? default : ShareInterval.Of(right, told);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"\n{what}: {predicted.Report.Missing:N0} without a category, {missing.Length:N0} different texts; {told:N0} got one, of which "
            + $"{precision.Value:F3} ({precision.Low:F3}-{precision.High:F3}) right, {levels / Math.Max(1, right):F2} levels each\n  "
            + $"{predicted.Report.Quality}\n  {predicted.Report.Quality?.Learned:N0} texts learned from; {predicted.Report.Why}\n  "
            + $"{seconds:F0} s beside {encoding:F0} s of encoding"));
    }

    private static Catalog Products(string path)
    {
        var rows = new List<string[]>();
        foreach (var batch in ParquetFiles.Reader().Read(path, Columns))
        {
            var columns = Columns.Select(batch.Column<Utf8Column>).ToArray();
            for (int row = 0; row < batch.RowCount; row++) rows.Add(Array.ConvertAll(columns, c => Encoding.UTF8.GetString(c[row])));
        }
        rows.RemoveAll(r => r[1].Length == 0 || r[2].Length == 0);
        return new Catalog
        {
            Titles = [.. rows.Select(r => Said(r[3]))],
            Categories = [.. rows.Select(r => $"{r[1].Replace('/', ' ')}/{r[2].Replace('/', ' ')}")],
            Brands = [.. rows.Select(r => Said(r[0]))],
            Texts = [.. rows.Select(r => Said(r[4]))],
            Prices = new double[rows.Count],
            Available = new bool[rows.Count],
            TextHashes = new ulong[rows.Count],
        };
    }

    private static string? Said(string text) => text.Length == 0 ? null : text;
}
