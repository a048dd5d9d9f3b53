using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Jobs.Tests.Configuration;

[TestClass]
internal sealed class SettingsLayersTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-layers-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string? At(SettingsLayers layers, string key) =>
        key.Split(':').Aggregate((SettingsNode?)layers.Root, (node, part) => node?.Find(part))?.Value;

    [TestMethod]
    public void Later_sources_win_key_by_key()
    {
        var layers = new SettingsLayers()
            .AddFile(Write("a.json", """{ "Runs": { "Threads": 1, "Seed": 1, "Keep": 1, "Name": "a" } }"""))
            .AddFile(Write("b.json", """{ "runs": { "seed": 2, "keep": 2, "name": "b" } }"""))
            .AddEnvironment([new("RECSYS_Runs__Keep", "3"), new("RECSYS_RUNS__NAME", "c"), new("RECSYS_SHARED_DATA", "elsewhere"), new("PATH", "x")])
            .AddAssignments(["Runs:Name=d=e"]);

        Assert.AreEqual("1", At(layers, "Runs:Threads"));
        Assert.AreEqual("2", At(layers, "Runs:Seed"));
        Assert.AreEqual("3", At(layers, "Runs:Keep"));
        Assert.AreEqual("d=e", At(layers, "Runs:Name"));
        Assert.AreEqual(1, layers.Root.Children.Count(), "a variable without a double underscore is not configuration");
    }

    [TestMethod]
    public void A_list_is_replaced_as_a_whole()
    {
        var layers = new SettingsLayers()
            .AddFile(Write("a.json", """{ "Ingest": { "Files": ["1", "2", "3"] } }"""))
            .AddFile(Write("b.json", """{ "Ingest": { "Files": ["4", "5"] } }"""));
        Assert.AreEqual(2, layers.Root.Find("Ingest")!.Find("Files")!.Children.Count());

        layers.AddAssignments(["Ingest:Files:0=6", "Ingest:Files:1=7", "Ingest:Files:2=8"]);
        CollectionAssert.AreEqual(new[] { "6", "7", "8" }, layers.Root.Find("Ingest")!.Find("Files")!.Children.Select(c => c.Value).ToArray());
    }

    [TestMethod]
    public void A_key_of_a_lists_entry_is_changed_in_place()
    {
        var layers = new SettingsLayers()
            .AddFile(Write("a.json", """{ "Ingest": { "Events": [{ "Name": "shop", "Path": "here" }] } }"""))
            .AddEnvironment([new("RECSYS_Ingest__Events__0__Path", "there")])
            .AddAssignments(["Ingest:Events:0:Kind=view"]);

        Assert.AreEqual("shop", At(layers, "Ingest:Events:0:Name"));
        Assert.AreEqual("there", At(layers, "Ingest:Events:0:Path"));
        Assert.AreEqual("view", At(layers, "Ingest:Events:0:Kind"));
    }

    [TestMethod]
    public void A_path_in_a_file_starts_from_the_files_folder()
    {
        var layers = new SettingsLayers()
            .AddFile(Write("a.json", """{ "A": { "Near": "./logs/*.parquet", "Up": "../logs", "Plain": "logs", "Dots": ".*" } }"""));

        Assert.AreEqual(Path.Combine(_folder, "logs", "*.parquet"), At(layers, "A:Near"));
        Assert.AreEqual(Path.Combine(Path.GetDirectoryName(_folder)!, "logs"), At(layers, "A:Up"));
        Assert.AreEqual("logs", At(layers, "A:Plain"));
        Assert.AreEqual(".*", At(layers, "A:Dots"));
    }

    [TestMethod]
    [DataRow("{ \"A\": ", "this is not JSON")]
    [DataRow("[1]", "holds a JSON array; expected an object of sections")]
    [DataRow("{ \"A\": 1, \"A\": 2 }", "this is not JSON")]
    public void A_file_that_is_no_configuration_is_named_with_the_cause(string text, string cause)
    {
        string path = Write("bad.json", text);
        var e = Assert.ThrowsExactly<ConfigurationException>(() => new SettingsLayers().AddFile(path));
        StringAssert.StartsWith(e.Message, path);
        StringAssert.Contains(e.Message, cause);
        Assert.AreEqual(2, e.ExitCode);
    }

    [TestMethod]
    public void A_file_that_is_missing_is_named()
    {
        var e = Assert.ThrowsExactly<ConfigurationException>(() => new SettingsLayers().AddFile(Path.Combine(_folder, "none.json")));
        StringAssert.Contains(e.Message, "none.json: the configuration file cannot be read");
    }

    [TestMethod]
    [DataRow("Runs:Threads")]
    [DataRow("=2")]
    [DataRow("Runs::Threads=2")]
    [DataRow(":=2")]
    public void An_assignment_without_key_or_value_is_refused(string assignment)
    {
        var e = Assert.ThrowsExactly<ConfigurationException>(() => new SettingsLayers().AddAssignments([assignment]));
        StringAssert.StartsWith(e.Message, $"--set is '{assignment}'; expected Section:Key=value");
    }
}
