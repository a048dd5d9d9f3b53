using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Benchmarks.TextQuality;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// The shipped text encoder (or one named with <c>--model</c>) beside TF-IDF: WordNet glosses to the lemmas of held-out synsets, category agreement of the
/// products of held-out categories without their category's words, and misspelt titles to their own. <c>--titles</c> and <c>--column</c> name other titles than
/// the gift shop's. <c>--precision int8</c> measures the encoder's int8 graph, with the float32 graph beside it: quality, cosines and texts a second.
/// </summary>
internal static class EncoderQuality
{
    private const int Depth = 10;

    private const string InFloat = "encoder, float32";

    public static int Run(string[] args)
    {
        var arguments = Arguments.Parse(args);
        string folder = arguments.Text(
            "data", ShippedEncoder.Find() ?? throw new ArgumentException("no data/text-encoder above the program: name it with --data"));
        string products = arguments.Text("products", Path.Combine(folder, "..", "complete-journey", "products.parquet"));
        string titles = arguments.Text("titles", Path.Combine(folder, "..", "online-retail", "transactions"));
        string column = arguments.Text("column", "description");
        var context = StageContext.Quiet(arguments.Int("threads", Environment.ProcessorCount));
        var reader = ParquetFiles.Reader();
        string model = arguments.Text("model", folder);
        var precision = Enum.Parse<EmbedPrecision>(arguments.Text("precision", nameof(EmbedPrecision.Auto)), ignoreCase: true);
        using var encoder = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu, Precision = precision }, context);
        using var float32 = precision != EmbedPrecision.Int8 ? null
            : OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu, Precision = EmbedPrecision.Float32 }, context);

        var (glosses, lemmas) = HeldOutTexts.WordNet(folder);
        Heading($"WordNet: gloss to lemmas among {glosses.Length} held-out synsets", "recall@1", "recall@10", "MRR@10");
        ShowRetrieval(glosses, lemmas, encoder, float32, context);
        foreach (bool typeAlone in new[] { true, false })
        {
            var (texts, categories) = HeldOutTexts.Products(reader, folder, products, typeAlone);
            int[] labels = Labels(categories);
            string what = typeAlone ? "product types" : "products (brand, department, type, size)";
            Heading(
                $"Complete Journey: {texts.Length} distinct {what} of {labels.Max() + 1} held-out categories, without the category's words",
                $"agreement@{Depth}");
            foreach (var (name, space) in TextSpaces.Of(texts, null, encoder, context))
                Line(name, TextMeasures.Agreement(space, labels, Depth, context.Threads));
            if (float32?.Encode(texts, context) is { } rows) Line(InFloat, TextMeasures.Agreement(new DenseSpace(rows, rows), labels, Depth, context.Threads));
        }
        string[] own = HeldOutTexts.Titles(reader, titles, column);
        Heading($"{column}: {own.Length} misspelt titles to their own", "recall@1", "recall@10", "MRR@10");
        ShowRetrieval([.. own.Select((t, i) => Misspelling.Of(t, (ulong)i))], own, encoder, float32, context);

        if (float32 is not null)
        {
            Console.WriteLine();
            EncoderPrecision.Cosines("glosses", glosses, float32, encoder, context);
            EncoderPrecision.Cosines("products", HeldOutTexts.Products(reader, folder, products, typeAlone: false).Texts, float32, encoder, context);
            EncoderPrecision.Cosines("titles", own, float32, encoder, context);
            EncoderPrecision.Rates(own, float32, encoder, context, arguments.Int("rounds", 5));
            return 0;
        }
        long started = Stopwatch.GetTimestamp();
        encoder.Encode(own, context);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{own.Length / Stopwatch.GetElapsedTime(started).TotalSeconds,10:N0} titles/s on {encoder.Provider}, {context.Threads} threads"));
        return 0;
    }

    private static void ShowRetrieval(string[] queries, string[] targets, OnnxTextEncoder encoder, OnnxTextEncoder? float32, StageContext context)
    {
        var spaces = TextSpaces.Of(queries, targets, encoder, context);
        if (float32 is not null) spaces = spaces.Append((InFloat, new DenseSpace(float32.Encode(queries, context), float32.Encode(targets, context))));
        foreach (var (name, space) in spaces)
        {
            var (at1, at10, reciprocal) = TextMeasures.Retrieval(space, queries.Length, context.Threads);
            Line(name, at1, at10, reciprocal);
        }
    }

    private static int[] Labels(string[] names)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return Array.ConvertAll(names, n => numbers.TryGetValue(n, out int number) ? number : numbers[n] = numbers.Count);
    }

    private static void Heading(string title, params string[] columns) =>
        Console.WriteLine($"\n{title}\n{"",-40}{string.Concat(columns.Select(c => $"{c,14}"))}");

    private static void Line(string name, params double[] values) =>
        Console.WriteLine($"{name,-40}{string.Concat(values.Select(v => v.ToString("0.0000", CultureInfo.InvariantCulture).PadLeft(14)))}");
}
