using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>
/// Versions are named after the hash of their lists. These two were named so by the builds of before, on either set of engines: whatever changes
/// below must not change a byte of the lists, or say why and name them again. Sums are as wide as the processor's registers, so each width has a name.
/// </summary>
[TestClass]
internal sealed class GoldenNightTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-golden-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task Night_of_the_demo_without_text_has_its_old_name()
    {
        // Measuring takes half of the demo and says nothing about its lists.
        var called = await Called.With(
            "demo", "--out", Path.Combine(_folder, "out"), "--set", "Embed:Model=none", "--set", "Train:Baselines:0=popularity", "--set",
            "Evaluate:Replicates=100", "--set", "Evaluate:AucUsers=0");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, $"Published version {Name("2011-12-09-71c75d83", "2011-12-09-774deb66")} ");
        StringAssert.Contains(called.Out, "log read by Parquet.Net 6.1.0");
    }

    [TestMethod]
    public async Task Night_of_a_made_shop_has_its_old_name()
    {
        Assert.AreEqual(0, (await Called.With("generate", "--users", "2000", "--items", "500", "--events", "100000", "--out", _folder)).ExitCode);
        var called = await Called.With(
            "run", "nightly", "--config", Path.Combine(_folder, "night.json"), "--out", Path.Combine(_folder, "out"), "--set", "Embed:Model=none", "--set",
            "Train:Algorithm=ease", "--set", "Evaluate:Replicates=100");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, $"Published version {Name("2026-01-14-810e9632", "2026-01-14-4eb4e1c7")} ");
    }

    private static string Name(string of512, string of256)
    {
        if (Vector512.IsHardwareAccelerated) return of512;
        if (!Vector256.IsHardwareAccelerated || !Fma.IsSupported) Assert.Inconclusive("the names are known for registers of 512 and 256 bits");
        return of256;
    }
}
