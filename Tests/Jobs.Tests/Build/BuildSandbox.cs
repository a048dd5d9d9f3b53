using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace Recsys.Batch.Jobs.Tests.Build;

/// <summary>A folder with this repository's build files, two small projects, a feed that is a folder and a package cache that is empty.</summary>
internal sealed class BuildSandbox : IDisposable
{
    private static readonly string[] s_files =
    [
        "Recommender.targets", "Retired.targets", "Directory.Build.targets", "Directory.Solution.targets", "Directory.Packages.props", "global.json",
        "Pipeline/MLNet/Recommender/Probe/Recommender.Probe.csproj",
    ];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("recsys-build-");

    public BuildSandbox()
    {
        foreach (string file in s_files)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
            File.Copy(Path.Combine(Repository.Root, file), At(file));
        }
        Directory.CreateDirectory(At("feed"));
        Write(
            "NuGet.config",
            """
            <configuration>
              <packageSources><clear /><add key="feed" value="feed" /></packageSources>
              <fallbackPackageFolders><clear /></fallbackPackageFolders>
            </configuration>
            """);
        Write(
            "Directory.Build.props",
            """
            <Project>
              <Import Project="Recommender.targets" />
              <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
            </Project>
            """);
        Write(
            "Asks/Asks.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup Condition="'$(HasRecommender)' == 'true'"><PackageReference Include="Microsoft.ML.Recommender" /></ItemGroup>
            </Project>
            """);
        Write(
            "Beside/Beside.csproj",
            """
            <Project Sdk="Microsoft.NET.Sdk">
              <ItemGroup><ProjectReference Include="../Asks/Asks.csproj" /></ItemGroup>
            </Project>
            """);
        Write("Both.slnx", """<Solution><Project Path="Asks/Asks.csproj" /><Project Path="Beside/Beside.csproj" /></Solution>""");
    }

    /// <summary>The version that Directory.Packages.props names.</summary>
    public string Version { get; } = XDocument.Load(Path.Combine(Repository.Root, "Directory.Packages.props")).Descendants("PackageVersion")
        .Single(p => p.Attribute("Include")!.Value == "Microsoft.ML.Recommender").Attribute("Version")!.Value;

    public string At(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>Whether the last restore gave project Asks the package.</summary>
    public bool Restored => File.ReadAllText(At("Asks/obj/project.assets.json")).Contains($"\"Microsoft.ML.Recommender/{Version}\"", StringComparison.Ordinal);

    /// <summary>Puts a package of that name on the feed that holds nothing: whether one is served is all that is asked.</summary>
    public void Serve(string version)
    {
        using var package = ZipFile.Open(At($"feed/Microsoft.ML.Recommender.{version}.nupkg"), ZipArchiveMode.Create);
        using (var text = new StreamWriter(package.CreateEntry("Microsoft.ML.Recommender.nuspec").Open()))
            text.Write($"""
                <package><metadata>
                  <id>Microsoft.ML.Recommender</id><version>{version}</version><authors>test</authors><description>nothing</description>
                </metadata></package>
                """);
        package.CreateEntry("lib/net10.0/_._");
    }

    /// <summary>Runs <c>dotnet</c>; what it said is standard output and error together.</summary>
    public (int Exit, string Said) Dotnet(params string[] arguments) => Dotnet([], arguments);

    public (int Exit, string Said) Dotnet((string Name, string Value)[] environment, params string[] arguments)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, [.. arguments, "-nodeReuse:false", "-tl:off"])
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // What the build that runs these tests was told is not for this one.
        foreach (string name in start.Environment.Keys.Where(IsOfTheBuild).ToList()) start.Environment.Remove(name);
        start.Environment["NUGET_PACKAGES"] = At("packages");
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string said = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, said);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static bool IsOfTheBuild(string name) =>
        name is "Stack" or "Cuda" or "Recommender"
        || name.StartsWith("Restore", StringComparison.Ordinal) || name.StartsWith("MSBuild", StringComparison.OrdinalIgnoreCase);

    private void Write(string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(At(file))!);
        File.WriteAllText(At(file), text);
    }
}
