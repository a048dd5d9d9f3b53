using Microsoft.ML.OnnxRuntime.Tensors;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Embed.Quantize;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed.Quantize;

/// <summary>A graph in int8 beside the float graph that it was made of.</summary>
[TestClass]
internal sealed class EncoderQuantizerTests : IDisposable
{
    private static readonly string[] Texts = [.. SmallModel.Texts(300).Distinct()];

    private readonly TempFolder _folder = new();
    private int _models;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(StoredWeights.Plain)]
    [DataRow(StoredWeights.Halves)]
    [DataRow(StoredWeights.Transposed)]
    public void Vectors_are_near_the_float_ones_however_weights_are_stored(StoredWeights stored)
    {
        string model = Model(SmallModel.Graph with { Stored = stored });
        var report = Quantize(model);

        Assert.AreEqual(12, report.Products, "two layers of six");
        Assert.AreEqual(0, report.LeftFloat);
        Assert.IsTrue(report.MeanCosine is > 0.998 and < 1 - 1e-7, $"{report.MeanCosine}");
        var (mean, least) = Cosines(Encode(model, Texts, EmbedPrecision.Float32), Encode(model, Texts, EmbedPrecision.Int8));
        Assert.AreEqual(report.MeanCosine, mean, 1e-3);
        Assert.IsGreaterThan(0.99, least);
    }

    [TestMethod]
    [DataRow(StoredWeights.Plain)]
    [DataRow(StoredWeights.Halves)]
    [DataRow(StoredWeights.Transposed)]
    public void Float_weights_of_the_products_are_gone(StoredWeights stored)
    {
        string model = Model(SmallModel.Graph with { Stored = stored });
        var before = GraphFile.Read(Path.Combine(model, "model.onnx"));
        var after = GraphFile.Read(Quantize(model).Graph);

        int[] Matrices(GraphFile graph, TensorElementType type) =>
            [.. graph.Initializers.Values.Where(t => t.Type == type && t.Shape is [32 or 64, 32 or 64] && t.Name.StartsWith("w_", StringComparison.Ordinal)
                || t.Type == type && type == TensorElementType.Int8 && t.Shape.Count == 2).Select(t => (int)t.Shape[0])];
        var kind = stored == StoredWeights.Halves ? TensorElementType.Float16 : TensorElementType.Float;
        Assert.HasCount(12 + (kind == TensorElementType.Float ? 1 : 0), Matrices(before, kind), "the table of positions is 64 x 32 too");
        Assert.HasCount(kind == TensorElementType.Float ? 1 : 0, Matrices(after, kind));
        Assert.HasCount(12, Matrices(after, TensorElementType.Int8));
        Assert.DoesNotContain("Transpose", after.Nodes.Where(n => n.Inputs[0].StartsWith("w_", StringComparison.Ordinal)).Select(n => n.Type));
        Assert.AreEqual(8, after.Nodes.Count(n => n.Is("QuantizeLinear")), "query, key and value read one activation");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void A_text_has_the_same_bits_alone_among_others_and_on_any_threads(bool pools)
    {
        string model = Model(SmallModel.Graph with { Pools = pools, Projects = pools });
        Quantize(model);
        var expected = Encode(model, Texts, EmbedPrecision.Int8, threads: 1, batchTokens: 4_096);

        AreSameBits(expected, Encode(model, Texts, EmbedPrecision.Int8, threads: 4, batchTokens: 64));
        using var encoder = Open(model, EmbedPrecision.Int8, 1_024);
        for (int i = 0; i < 20; i++) CollectionAssert.AreEqual(expected.Row(i).ToArray(), encoder.Encode([Texts[i]], StageContext.Quiet(2)).Row(0).ToArray());
        using var settings = GraphSession.OneThreadEach();
        using var session = new GraphSession(ModelFolder.Open(model, EmbedPrecision.Int8), settings);
        Assert.AreNotEqual(RowRule.Alone, RowIndependence.Of(session, SmallModel.Vocabulary.Length, 48), "batches are what makes it fast");
    }

    [TestMethod]
    public void The_file_has_the_same_bytes_at_any_thread_count()
    {
        var files = ((int[])[1, 4]).Select(threads => File.ReadAllBytes(Quantize(Model(SmallModel.Graph), threads: threads).Graph)).ToArray();
        CollectionAssert.AreEqual(files[0], files[1]);
    }

    [TestMethod]
    public void A_folder_of_its_own_gives_the_bits_of_the_graph_beside()
    {
        string model = Model(SmallModel.Graph with { Vocabulary = 3_000 }), own = _folder.File("own");
        long beside = Quantize(model).Bytes, whole = Quantize(model, to: own).Bytes;
        Assert.IsGreaterThan(beside + 3_000 * 32 * 4 - 1_000, whole, "beside the float graph, the token table is left in it");

        var expected = Encode(model, Texts, EmbedPrecision.Int8);
        AreSameBits(expected, Encode(own, Texts, EmbedPrecision.Int8));
        AreSameBits(expected, Encode(own, Texts, EmbedPrecision.Auto));
    }

    [TestMethod]
    public void ApplyOnnxModel_gives_the_same_vectors()
    {
        string model = Model(SmallModel.Graph with { Vocabulary = 3_000, Stored = StoredWeights.Halves });
        Quantize(model);
        var expected = Encode(model, Texts[..40], EmbedPrecision.Int8);
        using var encoder = OnnxTextEncoder.Open(
            model, new EmbedOptions { Device = EmbedDevice.Cpu, Precision = EmbedPrecision.Int8, Engine = EmbedEngine.OnnxTransformer }, StageContext.Quiet(1));
        Assert.IsGreaterThan(1 - 1e-6, Cosines(expected, encoder.Encode(Texts[..40], StageContext.Quiet(2))).Least);
    }

    [TestMethod]
    public void Products_stay_in_float_until_the_cosine_is_reached()
    {
        string model = Model(SmallModel.Graph);
        double all = Quantize(model, cosine: 0.5).MeanCosine, asked = 1 - (1 - all) * 0.8;
        var report = Quantize(model, cosine: asked);
        Assert.IsGreaterThan(0, report.LeftFloat);
        Assert.IsLessThan(report.Products, report.LeftFloat);
        Assert.IsGreaterThanOrEqualTo(asked, report.MeanCosine);
    }

    [TestMethod]
    public void A_cosine_out_of_reach_is_refused_with_what_was_reached()
    {
        string model = Model(SmallModel.Graph);
        var e = Assert.ThrowsExactly<RunFailedException>(() => Quantize(model, cosine: 0.9999999));
        StringAssert.Contains(e.Message, "mean cosine of 0.99");
        StringAssert.Contains(e.Message, "--cosine");
        Assert.IsFalse(File.Exists(Path.Combine(model, ModelFolder.Int8Graph)));
    }

    [TestMethod]
    public void Channels_that_stand_out_are_divided()
    {
        var report = Quantize(Model(SmallModel.Graph with { Outlier = 60 }), cosine: 0.5);
        Assert.IsGreaterThan(0, report.Divided);
        Assert.AreEqual(0, Quantize(Model(SmallModel.Graph), cosine: 0.5).Divided);
    }

    private string Model(BertGraph graph) => SmallModel.Write(Directory.CreateDirectory(_folder.File($"model{_models++}")).FullName, graph);

    private static QuantizationReport Quantize(string model, string? to = null, double cosine = 0.99, int threads = 2) =>
        EncoderQuantizer.Write(model, to, Texts, cosine, new EmbedOptions(), StageContext.Quiet(threads));

    private static OnnxTextEncoder Open(string model, EmbedPrecision precision, int batchTokens) => OnnxTextEncoder.Open(
        model, new EmbedOptions { Device = EmbedDevice.Cpu, Precision = precision, BatchTokens = batchTokens }, StageContext.Quiet(1));

    private static FactorMatrix Encode(string model, IReadOnlyList<string> texts, EmbedPrecision precision, int threads = 2, int batchTokens = 1_024)
    {
        using var encoder = Open(model, precision, batchTokens);
        return encoder.Encode(texts, StageContext.Quiet(threads));
    }

    private static void AreSameBits(FactorMatrix expected, FactorMatrix found)
    {
        Assert.AreEqual(expected.Rows, found.Rows);
        for (int row = 0; row < expected.Rows; row++) CollectionAssert.AreEqual(expected.Row(row).ToArray(), found.Row(row).ToArray(), $"row {row}");
    }

    private static (double Mean, double Least) Cosines(FactorMatrix a, FactorMatrix b)
    {
        double[] all = [.. Enumerable.Range(0, a.Rows).Select(row => (double)VectorMath.Dot(a.Row(row), b.Row(row)))];
        return (all.Average(), all.Min());
    }
}
