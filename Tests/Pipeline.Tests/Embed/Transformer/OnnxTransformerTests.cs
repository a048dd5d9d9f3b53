using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed.Transformer;

/// <summary>ML.NET's <c>ApplyOnnxModel</c> beside ONNX Runtime itself.</summary>
[TestClass]
internal sealed class OnnxTransformerTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _models;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(false, false, true, "mean")]
    [DataRow(false, true, true, "cls")]
    [DataRow(false, false, false, "max")]
    [DataRow(true, true, false, "mean")]
    public void Vectors_are_those_of_ONNX_Runtime_within_a_hundred_thousandth(bool pools, bool narrow, bool types, string pooling)
    {
        string model = Model(
            SmallModel.Graph with { Pools = pools, Narrow = narrow, TokenTypes = types },
            ("config.json", $$"""{ "pooling": "{{(pools ? "none" : pooling)}}" }"""));
        string[] texts = [.. SmallModel.Texts(150), "", "\u0000"];

        AreClose(Encode(model, texts, EmbedEngine.OnnxRuntime), Encode(model, texts, EmbedEngine.OnnxTransformer));
    }

    [TestMethod]
    public void The_shipped_encoder_gives_the_same_vectors_through_both()
    {
        string shipped = ShippedEncoder.Find() ?? throw new AssertFailedException("the encoder is shipped with the repository");
        string[] texts = ["WHITE HANGING HEART T-LIGHT HOLDER", "Grandma's cookie jar", "12 pencils small tube red retrospot", "café crème", "a"];

        AreClose(Encode(shipped, texts, EmbedEngine.OnnxRuntime), Encode(shipped, texts, EmbedEngine.OnnxTransformer));
    }

    [TestMethod]
    public void A_text_has_the_same_bits_in_any_company_with_quantized_activations_too()
    {
        string model = Model(SmallModel.Graph with { Quantized = true });
        var texts = SmallModel.Texts(60);
        var expected = Encode(model, texts, EmbedEngine.OnnxTransformer, threads: 1);

        var turned = Encode(model, [.. texts.Reverse()], EmbedEngine.OnnxTransformer, threads: 4);
        for (int i = 0; i < texts.Length; i++)
            Assert.IsTrue(MemoryMarshal.AsBytes(expected.Row(i)).SequenceEqual(MemoryMarshal.AsBytes(turned.Row(texts.Length - 1 - i))), $"row {i}");
        Assert.IsTrue(
            MemoryMarshal.AsBytes(expected.Row(7)).SequenceEqual(MemoryMarshal.AsBytes(Encode(model, [texts[7]], EmbedEngine.OnnxTransformer).Row(0))));
    }

    [TestMethod]
    public void The_cache_keeps_the_engines_apart()
    {
        string model = Model(SmallModel.Graph);
        using var ours = Open(model, EmbedEngine.OnnxRuntime);
        using var theirs = Open(model, EmbedEngine.OnnxTransformer);

        Assert.AreNotEqual(ours.ModelHash, theirs.ModelHash);
        Assert.AreEqual("cpu", theirs.Provider);
    }

    [TestMethod]
    public void Half_floats_are_refused_with_a_way_out()
    {
        var said = Assert.ThrowsExactly<TextModelException>(() => Open(Model(SmallModel.Graph with { Half = true }), EmbedEngine.OnnxTransformer));

        StringAssert.Contains(said.Message, "float16");
        StringAssert.Contains(said.Message, "Embed:Engine=OnnxRuntime");
    }

    [TestMethod]
    public void A_graph_too_small_for_the_vocabulary_is_refused_as_ONNX_Runtime_does()
    {
        string model = Model(SmallModel.Graph);
        File.AppendAllLines(Path.Combine(model, "vocab.txt"), Enumerable.Range(0, 10).Select(i => $"more{i}"));

        var ours = Assert.ThrowsExactly<TextModelException>(() => Open(model, EmbedEngine.OnnxRuntime));
        var theirs = Assert.ThrowsExactly<TextModelException>(() => Open(model, EmbedEngine.OnnxTransformer));
        Assert.AreEqual(ours.Message.Split('(')[0], theirs.Message.Split('(')[0]);
    }

    [TestMethod]
    public void CUDA_is_looked_for_before_ML_NET_is_asked_and_absent_it_is_said_why()
    {
        string model = Model(SmallModel.Graph);
        if (CudaProvider.WhyNot(0) is not { } why) { Assert.Inconclusive("CUDA can be used here"); return; }

        var refused = Assert.ThrowsExactly<RunFailedException>(() => Open(model, EmbedEngine.OnnxTransformer, EmbedDevice.Cuda));
        StringAssert.Contains(refused.Message, why);
        using var fallen = Open(model, EmbedEngine.OnnxTransformer, EmbedDevice.Auto);
        Assert.AreEqual("cpu", fallen.Provider);
    }

    private string Model(BertGraph graph, params (string File, string Text)[] settings) => SmallModel.Write(_folder.File($"model{_models++}"), graph, settings);

    private static OnnxTextEncoder Open(string model, EmbedEngine engine, EmbedDevice device = EmbedDevice.Cpu) =>
        OnnxTextEncoder.Open(model, new EmbedOptions { Engine = engine, Device = device }, StageContext.Quiet(2));

    private static FactorMatrix Encode(string model, IReadOnlyList<string> texts, EmbedEngine engine, int threads = 2)
    {
        using var encoder = Open(model, engine);
        return encoder.Encode(texts, StageContext.Quiet(threads));
    }

    private static void AreClose(FactorMatrix expected, FactorMatrix found)
    {
        Assert.AreEqual((expected.Rows, expected.Rank), (found.Rows, found.Rank));
        for (int row = 0; row < expected.Rows; row++)
        {
            double square = 0;
            for (int k = 0; k < expected.Rank; k++) square += Math.Pow((double)expected.Row(row)[k] - found.Row(row)[k], 2);
            Assert.IsTrue(Math.Sqrt(square) <= 1e-5, $"row {row}: {Math.Sqrt(square)}");
        }
    }
}
