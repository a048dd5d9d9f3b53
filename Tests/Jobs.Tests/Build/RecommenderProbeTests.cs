namespace Recsys.Batch.Jobs.Tests.Build;

/// <summary>What Recommender.targets answers, and that the very first restore has the answer.</summary>
[TestClass]
internal sealed class RecommenderProbeTests : IDisposable
{
    private readonly BuildSandbox _build = new();

    public void Dispose() => _build.Dispose();

    [TestMethod]
    public void Auto_without_the_package_says_so_once_and_goes_on()
    {
        var first = _build.Dotnet("restore", "Both.slnx");
        Assert.AreEqual(0, first.Exit, first.Said);
        Assert.AreEqual(1, Lines(first.Said), first.Said);
        StringAssert.Contains(
            first.Said,
            $"the NuGet feeds do not give Microsoft.ML.Recommender {_build.Version} (NU1101), so ML.NET's own factorizations are left out. "
            + "Insist with -p:Recommender=true");
        Assert.IsFalse(first.Said.Contains("warning", StringComparison.Ordinal) || first.Said.Contains("error", StringComparison.Ordinal), first.Said);
        Assert.IsFalse(_build.Restored);

        var second = _build.Dotnet("restore", "Both.slnx");
        Assert.AreEqual(0, second.Exit, second.Said);
        Assert.AreEqual(0, Lines(second.Said), second.Said);
    }

    [TestMethod]
    [DataRow("Both.slnx")]
    [DataRow("Asks/Asks.csproj")]
    public void Auto_with_the_package_takes_it_into_the_first_restore(string entry)
    {
        _build.Serve(_build.Version);
        var said = _build.Dotnet("restore", entry);

        Assert.AreEqual(0, said.Exit, said.Said);
        Assert.AreEqual(1, Lines(said.Said), said.Said);
        StringAssert.Contains(
            said.Said,
            $"the NuGet feeds serve Microsoft.ML.Recommender {_build.Version}, so ML.NET's own factorizations are built. "
            + "-p:Recommender=false leaves them out.");
        Assert.IsTrue(_build.Restored);
    }

    [TestMethod]
    public void A_source_that_only_the_restore_names_is_asked_too()
    {
        _build.Serve(_build.Version);
        Directory.Move(_build.At("feed"), _build.At("elsewhere"));
        Directory.CreateDirectory(_build.At("feed"));
        var said = _build.Dotnet("restore", "Asks/Asks.csproj", $"-p:RestoreAdditionalProjectSources={_build.At("elsewhere")}");

        Assert.AreEqual(0, said.Exit, said.Said);
        Assert.IsTrue(_build.Restored, said.Said);
    }

    [TestMethod]
    [DataRow("0.0.1")]
    [DataRow("99.0.0")]
    public void Another_version_is_none(string version)
    {
        _build.Serve(version);
        var said = _build.Dotnet("restore", "Asks/Asks.csproj");

        Assert.AreEqual(0, said.Exit, said.Said);
        StringAssert.Contains(said.Said, "the NuGet feeds do not give Microsoft.ML.Recommender");
        Assert.IsFalse(_build.Restored);
    }

    [TestMethod]
    public void Auto_asks_again_once_the_list_of_packages_changed()
    {
        Assert.AreEqual(1, Lines(_build.Dotnet("restore", "Asks/Asks.csproj").Said));
        _build.Serve(_build.Version);
        Assert.AreEqual(0, Lines(_build.Dotnet("restore", "Asks/Asks.csproj").Said));
        Assert.IsFalse(_build.Restored);

        File.SetLastWriteTimeUtc(_build.At("Directory.Packages.props"), File.GetLastWriteTimeUtc(_build.At("obj/recommender/asked")).AddMinutes(1));
        Assert.AreEqual(1, Lines(_build.Dotnet("restore", "Asks/Asks.csproj").Said));
        Assert.IsTrue(_build.Restored);
    }

    [TestMethod]
    public void True_without_the_package_fails_with_the_ways_out_and_with_it_builds()
    {
        // An answer that auto got is none for who insists.
        _build.Dotnet("restore", "Asks/Asks.csproj");
        var without = _build.Dotnet("restore", "Asks/Asks.csproj", "-p:Recommender=true");
        Assert.AreNotEqual(0, without.Exit);
        StringAssert.Contains(
            without.Said,
            $"error : Recommender=true was asked for, but the NuGet feeds do not give Microsoft.ML.Recommender {_build.Version} (NU1101). "
            + "Add a feed with it to NuGet.config, or leave ML.NET's own factorizations out with -p:Recommender=false.");

        _build.Serve(_build.Version);
        var with = _build.Dotnet([("Recommender", "true")], "build", "Both.slnx");
        Assert.AreEqual(0, with.Exit, with.Said);
        StringAssert.Contains(with.Said, "0 Warning(s)");
        Assert.IsTrue(_build.Restored);
    }

    [TestMethod]
    public void False_asks_nobody()
    {
        _build.Serve(_build.Version);
        var said = _build.Dotnet([("Recommender", "false")], "restore", "Both.slnx");

        Assert.AreEqual(0, said.Exit, said.Said);
        Assert.AreEqual(0, Lines(said.Said), said.Said);
        Assert.IsFalse(Directory.Exists(_build.At("obj/recommender")));
        Assert.IsFalse(_build.Restored);
    }

    [TestMethod]
    public void A_value_that_is_none_is_named_with_those_there_are()
    {
        var said = _build.Dotnet("restore", "Both.slnx", "-p:Recommender=perhaps");

        Assert.AreNotEqual(0, said.Exit);
        StringAssert.Contains(said.Said, "Recommender is 'perhaps'; expected auto, true or false");
    }

    private static int Lines(string said) => said.Split('\n').Count(line => line.Contains("Recommender: ", StringComparison.Ordinal));
}
