using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tuning;

/// <summary>The map inside the graph: any model folder gives the tuned vectors, and another runtime's session too.</summary>
[TestClass]
internal sealed class TunedEncoderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(false, false, "", DisplayName = "tokens, mean")]
    [DataRow(false, false, "cls", DisplayName = "tokens, first")]
    [DataRow(true, false, "", DisplayName = "pooled")]
    [DataRow(false, true, "", DisplayName = "tokens, half floats")]
    [DataRow(true, true, "", DisplayName = "pooled, half floats")]
    public void The_written_folder_gives_the_tuned_vectors(bool pools, bool half, string pooling)
    {
        string model = SmallModel.Write(
            Directory.CreateDirectory(_folder.File("model")).FullName, SmallModel.Graph with { Pools = pools, Half = half },
            pooling.Length > 0 ? [("config.json", $$"""{ "pooling": "{{pooling}}" }""")] : []);
        File.WriteAllText(Path.Combine(model, "LICENSE"), "of the model");
        Check(new EmbedOptions { Model = model, Device = EmbedDevice.Cpu }, SmallModel.Graph.Width, SmallModel.Texts(80), half ? 2e-3 : 1e-5);
        Assert.IsTrue(File.Exists(_folder.File("tuned/LICENSE")));
    }

    [TestMethod]
    public void The_shipped_encoder_can_be_tuned() =>
        Check(new EmbedOptions { Device = EmbedDevice.Cpu }, 256, ["RED SPOTTY MUG", "blue tea light holder", "cake tin", "a"], 2e-3);

    [TestMethod]
    public void Tokens_that_are_pooled_by_max_are_refused()
    {
        string model = SmallModel.Write(
            Directory.CreateDirectory(_folder.File("model")).FullName, SmallModel.Graph, ("config.json", """{ "pooling": "max" }"""));
        var e = Assert.ThrowsExactly<TextModelException>(() => TunedEncoder.Write(
            new EmbedOptions { Model = model }, Adapter(SmallModel.Graph.Width), _folder.File("tuned"), ["mug"], StageContext.Quiet(1)));
        StringAssert.Contains(e.Message, "pooled by max");
        Assert.IsFalse(Directory.Exists(_folder.File("tuned")));
    }

    private void Check(EmbedOptions options, int width, string[] texts, double within)
    {
        var adapter = Adapter(width);
        TunedEncoder.Write(options, adapter, _folder.File("tuned"), texts, StageContext.Quiet(2));
        FactorMatrix before, after;
        using (var encoder = TextEncoders.Open(options, StageContext.Quiet(1))!) before = encoder.Encode(texts, StageContext.Quiet(1));
        using (var encoder = OnnxTextEncoder.Open(_folder.File("tuned"), options, StageContext.Quiet(1))) after = encoder.Encode(texts, StageContext.Quiet(1));
        var expected = adapter.Apply(EmbeddingTable.OfUnitRows(before), 1).Vectors;
        double moved = 0;
        for (int text = 0; text < texts.Length; text++)
        {
            for (int k = 0; k < width; k++) Assert.AreEqual(expected.Row(text)[k], after.Row(text)[k], within);
            moved = Math.Max(moved, 1 - VectorMath.Dot(before.Row(text), after.Row(text)));
        }
        Assert.IsGreaterThan(0.01, moved, "a map that moves nothing shows nothing");
    }

    private static TextAdapter Adapter(int width)
    {
        var random = new SplitMix64(5, "adapter");
        var adapter = new TextAdapter(new FactorMatrix(width, 4), new FactorMatrix(width, 4));
        for (int i = 0; i < width; i++)
        {
            foreach (ref float value in adapter.Out.Row(i)) value = (float)random.NextNormal() / 4;
            foreach (ref float value in adapter.In.Row(i)) value = (float)random.NextNormal() / 4;
        }
        return adapter;
    }
}
