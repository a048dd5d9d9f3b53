using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Configuration;

[TestClass]
internal sealed class RetiredKeysTests
{
    private const string Ignored = "is ignored: Hangfire is the only scheduler engine. Remove the key; the next version refuses it";

    private static readonly RetiredKeys s_keys = new(new RetiredKey("Train:Old", "Train:New does it"), new RetiredKey("Native", "the build brings it"));

    private static IReadOnlyList<string> Faults(SettingsNode root) => Settings.Faults(root, new PipelineOptions(), Settings.AllButIngest, new HostSections());

    private static SettingsNode FromFile(string json)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-retired-").FullName;
        try
        {
            string file = Path.Combine(folder, "night.json");
            File.WriteAllText(file, json);
            return new SettingsLayers().AddFile(file).Root;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void AssertIgnored(string source, SettingsNode root)
    {
        CollectionAssert.AreEqual(Array.Empty<string>(), Faults(root).ToArray());
        CollectionAssert.AreEqual(new[] { $"Scheduler:Engine (from {source}) {Ignored}" }, RetiredKeys.OfThisVersion.Warnings(root).ToArray());
    }

    [TestMethod]
    [DataRow("quartz")]
    [DataRow("hangfire")]
    [DataRow("Auto")]
    [DataRow("")]
    [DataRow("no engine of any version")]
    public void The_engine_key_is_accepted_whatever_its_value_and_source(string value)
    {
        AssertIgnored("night.json", FromFile($$"""{ "Scheduler": { "Engine": "{{value}}", "Workers": 2 } }"""));
        AssertIgnored("environment variable RECSYS_Scheduler__Engine", new SettingsLayers().AddEnvironment([new("RECSYS_Scheduler__Engine", value)]).Root);
        AssertIgnored("--set", new SettingsLayers().AddAssignments([$"Scheduler:Engine={value}"]).Root);
    }

    [TestMethod]
    [DataRow("null")]
    [DataRow("7")]
    [DataRow("""["quartz"]""")]
    [DataRow("""{ "Name": "quartz", "Threads": 4 }""")]
    public void The_engine_key_is_accepted_whatever_its_shape(string value) =>
        AssertIgnored("night.json", FromFile($$"""{ "Scheduler": { "Engine": {{value}} } }"""));

    [TestMethod]
    public void Settings_without_a_retired_key_bring_no_warning() =>
        Assert.IsEmpty(RetiredKeys.OfThisVersion.Warnings(FromFile("""{ "Scheduler": { "Workers": 2 }, "Runs": {} }""")));

    [TestMethod]
    [DataRow("Scheduler:Engines=quartz", "Scheduler:Engines = 'quartz' (from --set) is not a key of Scheduler")]
    [DataRow("Scheduler:Engin=quartz", "Scheduler:Engin = 'quartz' (from --set) is not a key of Scheduler")]
    [DataRow("Runs:Engine=quartz", "Runs:Engine = 'quartz' (from --set) is not a key of Runs")]
    [DataRow("Engine=quartz", "Engine = 'quartz' (from --set) is not a key of the configuration")]
    public void Another_unknown_key_beside_it_is_still_a_fault(string assignment, string fault)
    {
        var faults = Faults(new SettingsLayers().AddAssignments(["Scheduler:Engine=quartz", assignment]).Root);
        Assert.AreEqual(1, faults.Count, string.Join('\n', faults));
        StringAssert.StartsWith(faults[0], fault);
    }

    [TestMethod]
    public void A_retired_section_takes_every_key_below_it_along()
    {
        var root = new SettingsLayers().AddAssignments(["native:Reader:Path=/x", "Native:Token=a secret", "train:old=1", "Trainer=2"]).Root;
        var binder = new StrictBinder(s_keys);
        binder.Bind(root, new StrictBinderTests.Options());

        Assert.AreEqual(1, binder.Faults.Count, string.Join('\n', binder.Faults));
        StringAssert.StartsWith(binder.Faults[0].Message, "Trainer = '2' (from --set) is not a key of the configuration");
        CollectionAssert.AreEqual(
            new[]
            {
                "train:old (from --set) is ignored: Train:New does it. Remove the key; the next version refuses it",
                "native (from --set) is ignored: the build brings it. Remove the key; the next version refuses it",
            },
            s_keys.Warnings(root).ToArray());
    }

    [TestMethod]
    [DataRow("Native", true)]
    [DataRow("native:reader", true)]
    [DataRow("Train:Old", true)]
    [DataRow("Natives", false)]
    [DataRow("Train", false)]
    [DataRow("Train:Older", false)]
    public void A_path_is_retired_by_itself_or_by_its_section(string path, bool retired) => Assert.AreEqual(retired, s_keys.Holds(path));
}
