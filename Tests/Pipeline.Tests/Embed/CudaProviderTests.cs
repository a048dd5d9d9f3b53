using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed;

/// <summary>Every way in which CUDA can be missing. That it works can only be tried on a machine that has it.</summary>
[TestClass]
internal sealed class CudaProviderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Auto_says_once_why_it_runs_on_the_cpu_and_runs()
    {
        if (CudaProvider.WhyNot(0) is not { } why) throw new AssertInconclusiveException("this machine has CUDA");
        var heard = new Heard();
        using var encoder = OnnxTextEncoder.Open(
            SmallModel.Write(_folder.File("m"), SmallModel.Graph),
            new EmbedOptions { Device = EmbedDevice.Auto },
            StageContext.Quiet(1) with { Progress = heard });
        encoder.Encode(["red mug"], StageContext.Quiet(1) with { Progress = heard });

        Assert.AreEqual("cpu", encoder.Provider);
        StringAssert.Contains(heard.Notes.Single(), why);
    }

    [TestMethod]
    public void Cuda_fails_with_the_reason_and_the_way_out()
    {
        if (CudaProvider.WhyNot(0) is not { } why) throw new AssertInconclusiveException("this machine has CUDA");
        var e = Assert.ThrowsExactly<RunFailedException>(() =>
            OnnxTextEncoder.Open(SmallModel.Write(_folder.File("m"), SmallModel.Graph), new EmbedOptions { Device = EmbedDevice.Cuda }, StageContext.Quiet(1)));

        StringAssert.Contains(e.Message, why);
        StringAssert.Contains(e.Message, "auto or cpu");
    }

    [TestMethod]
    public void Encode_on_a_gpu_gives_the_vectors_of_the_cpu()
    {
        if (CudaProvider.WhyNot(0) is { } why) throw new AssertInconclusiveException($"no CUDA here: {why}");
        string model = ShippedEncoder.Find() ?? throw new AssertInconclusiveException("the shipped encoder is not here");
        string[] texts = [.. Enumerable.Range(0, 500).Select(i => $"red mug no. {i}, {(i % 7 == 0 ? "with a lid and a long description of it" : "small")}")];
        using var gpu = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Auto }, StageContext.Quiet(2));
        using var cpu = OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu }, StageContext.Quiet(2));
        Assert.AreEqual("cuda:0", gpu.Provider);
        var (expected, found, again) = (
            cpu.Encode(texts, StageContext.Quiet(2)), gpu.Encode(texts, StageContext.Quiet(2)), gpu.Encode(texts[..100], StageContext.Quiet(2)));

        for (int k = 0; k < expected.Values.Length; k++) Assert.AreEqual(expected.Values[k], found.Values[k], 1e-4f, $"value {k}");
        CollectionAssert.AreEqual(found.Values[..again.Values.Length], again.Values, "a vector does not depend on the texts beside it");
    }

    [TestMethod]
    public void Cpu_asks_for_no_gpu_and_says_nothing()
    {
        var heard = new Heard();
        using var encoder = OnnxTextEncoder.Open(
            SmallModel.Write(_folder.File("m"), SmallModel.Graph),
            new EmbedOptions { Device = EmbedDevice.Cpu },
            StageContext.Quiet(1) with { Progress = heard });

        Assert.AreEqual(0, heard.Notes.Count);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("runtimes/{0}-x64/native")]
    public void WhyNot_tells_a_missing_library_from_one_that_does_not_load(string at)
    {
        StringAssert.Contains(CudaProvider.WhyNot(0, _folder.Path), "-p:Cuda=true");
        string folder = Path.Combine(
            _folder.Path, string.Format(System.Globalization.CultureInfo.InvariantCulture, at, OperatingSystem.IsWindows() ? "win" : "linux"));
        Directory.CreateDirectory(folder);
        string library = Path.Combine(folder, OperatingSystem.IsWindows() ? "onnxruntime_providers_cuda.dll" : "libonnxruntime_providers_cuda.so");
        File.WriteAllText(library, "no library");

        string first = CudaProvider.WhyNot(0, _folder.Path)!;
        StringAssert.Contains(first, "does not load");
        StringAssert.Contains(first, "CUDA 13");
        Assert.AreEqual(first, CudaProvider.WhyNot(0, _folder.Path), "asked twice, it answers the same");
    }
}
