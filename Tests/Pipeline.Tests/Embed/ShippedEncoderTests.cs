using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed;

[TestClass]
internal sealed class ShippedEncoderTests
{
    [TestMethod]
    public void Its_vectors_are_those_of_PyTorch_within_a_hundred_thousandth()
    {
        string folder = ShippedEncoder.Find()!;
        var texts = File.ReadAllLines(Path.Combine(folder, "golden", "texts.txt"));
        var golden = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, "golden", "vectors.f32")));
        using var encoder = OnnxTextEncoder.Open(folder, new EmbedOptions { Device = EmbedDevice.Cpu }, StageContext.Quiet(2));

        var vectors = encoder.Encode(texts, StageContext.Quiet(2));

        Assert.AreEqual(1_000, texts.Length);
        Assert.AreEqual(texts.Length * encoder.Dimension, golden.Length);
        double worst = 0;
        for (int row = 0; row < texts.Length; row++)
        {
            double difference = 0;
            var expected = golden.Slice(row * encoder.Dimension, encoder.Dimension);
            for (int k = 0; k < expected.Length; k++) difference += Math.Pow((double)expected[k] - vectors.Row(row)[k], 2);
            worst = Math.Max(worst, Math.Sqrt(difference));
        }
        Assert.IsTrue(worst <= 1e-5, $"{worst}");
    }
}
