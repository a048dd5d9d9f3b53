using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests;

/// <summary>What README and docs show is run: commands and queries after a small demo night, configuration through the binder, links to files.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ReadMeTests
{
    private static readonly string ReadMe = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));
    private static readonly Dictionary<string, string> Pages = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md")
        .Concat([Path.Combine(Repository.Root, "README.md"), Path.Combine(Repository.Root, "CONTRIBUTING.md"), Path.Combine(Repository.Root, "CHANGELOG.md")])
        .Order(StringComparer.Ordinal).ToDictionary(f => f, File.ReadAllText);
    private static readonly string Folder = Directory.CreateTempSubdirectory("recsys-readme-").FullName;

    private static string s_demo = "";

    private static string Database => Path.Combine(Folder, "out", "demo", "recsys.db");

    [ClassInitialize]
    public static async Task SmallDemo(TestContext _)
    {
        Directory.CreateSymbolicLink(Path.Combine(Folder, "data"), Repository.Data);
        var called = await Run(
            "demo",
            "--set", $"Ingest:Events:0:Path={Path.Combine(Repository.Data, "online-retail", "transactions", "date=2010-12")}",
            "--set", "Ingest:HoldOut:Cut=2010-12-15",
            "--set", "Train:Algorithm=ials",
            "--set", "Train:Als:Rank=16",
            "--set", "Train:Als:Iterations=4",
            "--set", "Evaluate:Replicates=100");
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, "42,481 rows in = ");
        StringAssert.Contains(called.Out, "Published version 2010-12-23-");
        StringAssert.Contains(called.Out, "one of the best customers");
        s_demo = called.Out;
    }

    [TestMethod]
    public void Demo_shows_lists_first_gates_in_a_line_and_ends_with_the_console()
    {
        int Place(string text) => s_demo.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at ? at : throw new AssertFailedException($"no '{text}'");

        Assert.IsLessThan(Place("What resembles"), Place("one of the best customers"));
        Assert.IsLessThan(Place("42,481 rows in"), Place("What resembles"));
        StringAssert.Matches(s_demo, new Regex(@"Gates\r?\n *\d+ of \d+ checks passed"));
        Assert.DoesNotContain("data.null_share.user", s_demo);
        string last = s_demo.TrimEnd().Split('\n')[^1];
        StringAssert.StartsWith(last, "dotnet run -c Release --project Jobs -- serve --development --config data/online-retail/night.json --out ");
    }

    [ClassCleanup]
    public static void Clean()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(Folder, recursive: true);
    }

    private static Task<Called> Run(params string[] args) => Called.With(s => s with { Folder = Folder }, args);

    private static IEnumerable<object[]> Blocks(string language) => Pages.Values.SelectMany(text =>
        Regex.Matches(text, $"^```{language}\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)
            .Select(m => new object[] { m.Groups[1].Value.Trim() }));

    public static IEnumerable<object[]> Commands => Blocks("console").SelectMany(b => ((string)b[0]).Split('\n')).Select(line => new object[] { line });

    public static IEnumerable<object[]> Queries => Blocks("sql");

    public static IEnumerable<object[]> Configurations => Blocks("json");

    [TestMethod]
    [DynamicData(nameof(Commands))]
    public async Task A_command_runs(string line)
    {
        var called = await Run(line.Split(' '));

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        Assert.AreNotEqual("", called.Out.Trim());
    }

    [TestMethod]
    [DynamicData(nameof(Queries))]
    public void A_query_answers(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var rows = command.ExecuteReader();
        bool mayBeEmpty = sql.Contains("level <> 'pass'", StringComparison.Ordinal);
        Assert.IsTrue(rows.Read() || mayBeEmpty, $"no rows: {sql}");
    }

    [TestMethod]
    [DynamicData(nameof(Configurations))]
    public void A_configuration_binds_and_is_valid(string json)
    {
        string file = Path.Combine(Folder, "readme.json");
        File.WriteAllText(file, json);

        var root = new SettingsLayers().AddFile(file).Root;
        var faults = Settings.Faults(
            root, new PipelineOptions(), root.Find(nameof(PipelineOptions.Ingest)) is null ? Settings.AllButIngest : null,
            new UnusedSections(new HostSections()));

        Assert.AreEqual(0, faults.Count, string.Join('\n', faults));
    }

    [TestMethod]
    public void Every_kind_of_example_is_there()
    {
        Assert.IsTrue(Commands.Any());
        Assert.IsTrue(Queries.Any());
        Assert.IsTrue(Configurations.Any());
        StringAssert.Contains(ReadMe, "\n```\ndotnet run -c Release --project Jobs -- demo\n```\n");
        StringAssert.Contains(ReadMe, "\n```\ndotnet test -c Release\n```\n");
    }

    [TestMethod]
    public void Every_link_into_the_repository_leads_somewhere()
    {
        int found = 0;
        foreach (var (page, text) in Pages)
            foreach (string link in Regex.Matches(text, @"\]\(([^)#]+)(#[^)]*)?\)")
                .Select(m => m.Groups[1].Value)
                .Where(l => !l.StartsWith("http", StringComparison.Ordinal)))
            {
                Assert.IsTrue(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, link)), $"{Path.GetFileName(page)}: {link}");
                found++;
            }
        Assert.IsTrue(found > 40, $"{found} links");
    }

    [TestMethod]
    public void Readme_is_read_in_one_sitting() =>
        Assert.IsTrue(ReadMe.Split('\n').Length <= 200, $"README has {ReadMe.Split('\n').Length} lines; what is more goes to docs/");
}
