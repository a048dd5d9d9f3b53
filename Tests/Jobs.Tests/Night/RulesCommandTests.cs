using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>The rules of data/configs over a month of the demo's log, and a wrong file of rules.</summary>
[TestClass]
internal sealed class RulesCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-rules-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task The_example_places_caps_and_limits_and_says_what_it_cost()
    {
        string rules = Path.Combine(Repository.Data, "configs", "online-retail-rules.json");

        var called = await Called.With(
            "demo", "--out", Path.Combine(_folder, "out"),
            "--set", $"Ingest:Events:0:Path={Path.Combine(Repository.Data, "online-retail", "transactions", "date=2010-12")}",
            "--set", "Ingest:HoldOut:Cut=2010-12-15", "--set", "Train:Algorithm=ials", "--set", "Train:Als:Rank=16", "--set", "Train:Als:Iterations=4",
            "--set", "Evaluate:Replicates=100", "--set", $"Rules:File={rules}", "--set", "Embed:Model=none");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, "Rules: what they placed");
        StringAssert.Contains(called.Out, "cakestand");
        StringAssert.Contains(called.Out, "not tonight");
        StringAssert.Contains(called.Out, "0 limits broken");
    }

    [TestMethod]
    public async Task A_wrong_file_is_told_by_the_night_its_dry_run_and_doctor()
    {
        string file = Path.Combine(_folder, "rules.json");
        await File.WriteAllTextAsync(file, """{ "rules": [ { "name": "few", "kind": "cap", "per": "brand", "mots": 3 } ] }""");
        string[] settings = ["--set", $"Rules:File={file}", "--out", Path.Combine(_folder, "out")];
        string config = Path.Combine(Repository.Data, "online-retail", "night.json");

        var night = await Called.With(["run", "nightly", "--config", config, .. settings]);
        var dry = await Called.With(["run", "nightly", "--dry-run", "--config", config, .. settings]);
        var doctor = await Called.With(["doctor", "--config", config, .. settings]);

        Assert.AreEqual(2, night.ExitCode, night.ToString());
        Assert.AreEqual(2, dry.ExitCode, dry.ToString());
        foreach (string said in new[] { night.Error, dry.Error, doctor.Out })
            StringAssert.Contains(said.ReplaceLineEndings(" "), "rule 1 'few'");
        StringAssert.Contains(night.Error, "did you mean 'most'?");
    }
}
