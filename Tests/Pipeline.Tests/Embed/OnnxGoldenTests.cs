using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed;

/// <summary>A graph that PyTorch exported and does not pool, against PyTorch's own vectors; made by Golden/make.py.</summary>
[TestClass]
internal sealed class OnnxGoldenTests : IDisposable
{
    private static readonly string Golden = Path.Combine(Here(), "Golden");

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;

    [TestMethod]
    [DataRow("mean")]
    [DataRow("cls")]
    public void Vectors_pooled_here_are_those_of_PyTorch_within_a_hundred_thousandth(string pooling)
    {
        foreach (string file in Directory.GetFiles(Path.Combine(Golden, "model"))) File.Copy(file, _folder.File(Path.GetFileName(file)));
        File.WriteAllText(_folder.File("config.json"), $$"""{ "pooling": "{{pooling}}", "max_length": 32 }""");
        var texts = File.ReadAllLines(Path.Combine(Golden, "texts.txt"));
        var golden = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(Golden, pooling + ".f32")));
        using var encoder = OnnxTextEncoder.Open(_folder.Path, new EmbedOptions { Device = EmbedDevice.Cpu }, StageContext.Quiet(2));

        var vectors = encoder.Encode(texts, StageContext.Quiet(2));

        Assert.AreEqual(1_000, texts.Length);
        Assert.AreEqual(texts.Length * encoder.Dimension, golden.Length);
        for (int row = 0; row < texts.Length; row++)
        {
            double square = 0;
            var expected = golden.Slice(row * encoder.Dimension, encoder.Dimension);
            for (int k = 0; k < expected.Length; k++) square += Math.Pow((double)expected[k] - vectors.Row(row)[k], 2);
            Assert.IsTrue(Math.Sqrt(square) <= 1e-5, $"row {row}: {Math.Sqrt(square)}");
        }
    }
}
