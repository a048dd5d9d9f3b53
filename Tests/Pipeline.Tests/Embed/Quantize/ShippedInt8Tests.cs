using Recsys.Batch.Benchmarks.TextQuality;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed.Quantize;

/// <summary>The int8 graph that comes with the program, beside the float graph, on texts that neither training nor calibration read.</summary>
[TestClass]
internal sealed class ShippedInt8Tests
{
    private static readonly string Folder = ShippedEncoder.Find()!;
    private static readonly StageContext Context = StageContext.Quiet();
    private static readonly OnnxTextEncoder Float32 = Open(EmbedPrecision.Auto);
    private static readonly OnnxTextEncoder Int8 = Open(EmbedPrecision.Int8);

    [ClassCleanup]
    public static void Close()
    {
        Float32.Dispose();
        Int8.Dispose();
    }

    [TestMethod]
    public void Glosses_find_their_lemmas_as_often_as_in_float()
    {
        var (glosses, lemmas) = HeldOutTexts.WordNet(Folder);
        var (queries, targets) = (glosses[..1500], lemmas[..1500]);

        var (floats, int8) = (Float32.Encode(queries, Context), Int8.Encode(queries, Context));

        AreNear(floats, int8);
        double Reciprocal(FactorMatrix rows, OnnxTextEncoder encoder) =>
            TextMeasures.Retrieval(new DenseSpace(rows, encoder.Encode(targets, Context)), queries.Length, Context.Threads).ReciprocalRank;
        Assert.AreEqual(Reciprocal(floats, Float32), Reciprocal(int8, Int8), 0.005);
    }

    [TestMethod]
    public void Products_agree_with_their_category_as_often_as_in_float()
    {
        string products = Path.Combine(Folder, "..", "complete-journey", "products.parquet");
        var (texts, categories) = HeldOutTexts.Products(ParquetFiles.Reader(), Folder, products, typeAlone: true);
        var names = categories.Distinct().ToList();
        int[] labels = [.. categories.Select(c => names.IndexOf(c))];

        var (floats, int8) = (Float32.Encode(texts, Context), Int8.Encode(texts, Context));

        AreNear(floats, int8);
        double Agreement(FactorMatrix rows) => TextMeasures.Agreement(new DenseSpace(rows, rows), labels, 10, Context.Threads);
        Assert.AreEqual(Agreement(floats), Agreement(int8), 0.005);
    }

    private static void AreNear(FactorMatrix floats, FactorMatrix int8)
    {
        double[] cosines = [.. Enumerable.Range(0, floats.Rows).Select(row => (double)VectorMath.Dot(floats.Row(row), int8.Row(row)))];
        Assert.IsTrue(cosines.Average() > 0.9998, $"mean {cosines.Average()}");
        Assert.IsTrue(cosines.Min() > 0.999, $"least {cosines.Min()}");
        Assert.IsTrue(cosines.Average() < 1 - 1e-6, "another graph ran");
    }

    private static OnnxTextEncoder Open(EmbedPrecision precision) =>
        OnnxTextEncoder.Open(Folder, new EmbedOptions { Device = EmbedDevice.Cpu, Precision = precision }, Context);
}
