using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace Recsys.Batch.Jobs.Tests.Stack;

/// <summary>What Stack.targets answers, asked by a project of its own against a feed that is a folder and a package cache that is empty.</summary>
[TestClass]
public sealed class StackProbeTests : IDisposable
{
    private const string Recommender = "Microsoft.ML.Recommender";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recsys-stack-");

    public void Dispose() => _folder.Delete(recursive: true);

    [TestMethod]
    public void A_feed_without_the_packages_gives_Portable_and_their_names_and_MLNet_fails_with_the_way_out()
    {
        Arrange([]);

        var auto = Restore();
        Assert.AreEqual(0, auto.Exit, auto.Said);
        StringAssert.Contains(auto.Said, "Stack: Portable, because the NuGet feeds do not serve ");
        StringAssert.Contains(auto.Said, "Insist with -p:Stack=MLNet");
        foreach (string name in Wanted().Keys) StringAssert.Contains(auto.Said, name);
        Assert.AreEqual("Portable", Answer());

        var insisted = Restore("-p:Stack=MLNet");
        Assert.AreNotEqual(0, insisted.Exit);
        StringAssert.Contains(insisted.Said, "Stack=MLNet was asked for, but the NuGet feeds do not serve ");
        StringAssert.Contains(insisted.Said, "Add a feed that carries them to NuGet.config, or build with -p:Stack=Portable.");
    }

    [TestMethod]
    public void A_feed_that_lacks_one_or_has_it_in_another_version_gives_Portable_and_one_with_all_gives_MLNet()
    {
        var wanted = Wanted();
        var (absent, other) = (wanted.Keys.First(), wanted.Keys.Last());
        Arrange(wanted.Where(p => p.Key != absent).Select(p => (p.Key, p.Key == other ? "0.0.1" : p.Value)));
        var auto = Restore();
        Assert.AreEqual(0, auto.Exit, auto.Said);
        StringAssert.Contains(auto.Said, $"Stack: Portable, because the NuGet feeds do not serve {absent}, {other}.");

        Directory.Delete(Path.Combine(_folder.FullName, "obj"), recursive: true);
        Pack(absent, wanted[absent]);
        Pack(other, wanted[other]);
        var whole = Restore();
        Assert.AreEqual(0, whole.Exit, whole.Said);
        StringAssert.Contains(whole.Said, "Stack: MLNet, because the NuGet feeds serve the whole MLNet set.");
        Assert.AreEqual("MLNet", Answer());
    }

    [TestMethod]
    public void A_feed_that_lacks_Recommender_alone_serves_MLNet_without_it()
    {
        Arrange(Wanted().Where(p => p.Key != Recommender).Select(p => (p.Key, p.Value)));

        var insisted = Restore("-p:Stack=MLNet");
        Assert.AreNotEqual(0, insisted.Exit);
        StringAssert.Contains(insisted.Said, $"the NuGet feeds do not serve {Recommender}. Add a feed that carries it to NuGet.config, leave ML.NET's factorizations out with -p:Recommender=false beside -p:Stack=MLNet,");

        var without = Restore("-p:Stack=MLNet", "-p:Recommender=false");
        Assert.AreEqual(0, without.Exit, without.Said);

        // Auto promises the whole set, whatever else was asked for.
        var auto = Restore("-p:Recommender=false");
        StringAssert.Contains(auto.Said, $"Stack: Portable, because the NuGet feeds do not serve {Recommender}.");
    }

    [TestMethod]
    public void A_stack_that_does_not_exist_is_named_with_those_that_do()
    {
        Arrange([]);
        var said = Restore("-p:Stack=Sparkle");

        Assert.AreNotEqual(0, said.Exit);
        StringAssert.Contains(said.Said, "Stack is 'Sparkle'; expected Auto, Portable or MLNet");
    }

    private static IEnumerable<XElement> Versions() => XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion");

    private static SortedDictionary<string, string> Wanted() => new(
        Versions()
            .Where(p => p.Attribute("Stack")?.Value == "MLNet" && p.Attribute("Condition")?.Value.Contains("== 'true'", StringComparison.Ordinal) is not true)
            .ToDictionary(p => p.Attribute("Include")!.Value, p => p.Attribute("Version")!.Value), StringComparer.Ordinal);

    private string Answer() => XDocument.Load(Path.Combine(_folder.FullName, "obj", "stack.props")).Descendants("EffectiveStack").Single().Value;

    private void Arrange(IEnumerable<(string Name, string Version)> served)
    {
        foreach (string file in (string[])["Stack.targets", "Directory.Packages.props", "Directory.Build.targets", "global.json"])
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(_folder.FullName, file));
        Directory.CreateDirectory(Feed);
        Write("NuGet.config", """<configuration><packageSources><clear /><add key="feed" value="feed" /></packageSources><fallbackPackageFolders><clear /></fallbackPackageFolders></configuration>""");
        Write("Directory.Build.props", """<Project><Import Project="Stack.targets" /></Project>""");
        Write("Asks.csproj", """<Project Sdk="Microsoft.NET.Sdk"><PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup></Project>""");
        foreach (var (name, version) in served) Pack(name, version);
        // Both stacks have it, and the probe asks for it beside the set.
        Pack("Npgsql", Versions().Single(p => p.Attribute("Include")!.Value == "Npgsql").Attribute("Version")!.Value);

        void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder.FullName, file), text);
    }

    private string Feed => Path.Combine(_folder.FullName, "feed");

    /// <summary>A package that holds nothing: whether one is served is all that is asked.</summary>
    private void Pack(string name, string version)
    {
        using var package = ZipFile.Open(Path.Combine(Feed, $"{name}.{version}.nupkg"), ZipArchiveMode.Create);
        using (var text = new StreamWriter(package.CreateEntry($"{name}.nuspec").Open()))
            text.Write($"""<package><metadata><id>{name}</id><version>{version}</version><authors>test</authors><description>nothing</description></metadata></package>""");
        package.CreateEntry("lib/net10.0/_._");
    }

    private (int Exit, string Said) Restore(params string[] more)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, ["restore", "Asks.csproj", "-nodeReuse:false", "-tl:off", .. more]) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        // What the build that runs these tests was told is not for this one.
        foreach (string name in start.Environment.Keys.Where(n => n is "Stack" or "Cuda" or "Recommender" or "RestoreAdditionalProjectSources" || n.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "packages");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, said);
    }
}
