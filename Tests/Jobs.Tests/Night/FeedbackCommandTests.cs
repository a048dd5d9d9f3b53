using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.Work;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Night;

[TestClass]
internal sealed class FeedbackCommandTests
{
    [TestMethod]
    public async Task The_loop_that_README_shows_runs_from_a_night_to_the_next()
    {
        using var shop = new SmallShop();
        shop.With(SmallShop.TwoTastes());
        string block = Regex.Match(
            File.ReadAllText(Path.Combine(Repository.Root, "docs", "feedback.md")), "```\n((?:dotnet run [^\n]+\n){4})```").Groups[1].Value;
        string clicks = Path.Combine(shop.Folder, "clicks");
        string[][] lines = [.. block.Trim().Split('\n').Select(l => l.Replace("dotnet run -c Release --project Jobs -- ", "", StringComparison.Ordinal)
            .Replace("data/online-retail/night.json", shop.Config, StringComparison.Ordinal)
            .Replace("out/demo", shop.Output, StringComparison.Ordinal)
            .Replace("out/clicks", clicks, StringComparison.Ordinal)
            .Split(' '))];
        Assert.AreEqual(4, lines.Length);

        await Succeeds(lines[0]);
        var made = await Succeeds(lines[1]);
        StringAssert.Contains(made.Out, "Planted truth, about so many clicks a list: lambda 0.1 always");
        StringAssert.Contains(made.Out, "Planted truth, how likely a place is looked at: 1 1.00, 2 0.57");
        var fed = await Succeeds(lines[2]);
        StringAssert.Contains(fed.Out, "How places are looked at is not known: no item was shown to the same user at different places");
        StringAssert.Contains(fed.Out, "rows in = ");
        StringAssert.Contains(fed.Out, "the policy stays as it is: too few");
        await Succeeds(lines[3]);

        var again = await Called.With(lines[1]);
        Assert.AreEqual(2, again.ExitCode);
        StringAssert.Contains(again.Error, "has feedback on version");
        var json = JsonNode.Parse((await Succeeds([.. lines[2], "--json"])).Out)!;
        Assert.AreEqual(3, json["feedback"]!["arms"]!.AsArray().Count);
        Assert.AreEqual(
            (long)json["feedback"]!["rows"]!, (long)json["feedback"]!["joined"]! + json["feedback"]!["rejected"]!.AsObject().Sum(r => (long)r.Value!));
        StringAssert.Contains((await Succeeds([.. lines[2], "--dry-run"])).Out, "nothing changed");
    }

    [TestMethod]
    public async Task Without_a_log_the_key_to_set_is_named_with_exit_code_2()
    {
        using var shop = new SmallShop();
        shop.With(SmallShop.TwoTastes());

        var called = await Called.With("run", "feedback", "--out", shop.Output);

        Assert.AreEqual(2, called.ExitCode);
        StringAssert.Contains(called.Error, "Feedback:Logs:0:Path");
        called = await Called.With("generate", "feedback", "--of", shop.Output, "--out", shop.Folder);
        Assert.AreEqual(2, called.ExitCode);
        StringAssert.Contains(called.Error, "nothing is published yet");
    }

    [TestMethod]
    public void The_scheduler_knows_the_job_and_refuses_it_without_a_log()
    {
        CollectionAssert.Contains(JobNames.All.ToArray(), StageNames.Feedback);
        using var shop = new SmallShop();
        shop.With(SmallShop.TwoTastes());
        var job = new PipelineJob(
            StageNames.Feedback,
            new ConfiguredPipeline(new SettingsLayers().AddFile(shop.Config).Root, shop.Output, () => new HostSections()), TimeProvider.System);

        var error = Assert.ThrowsExactly<ConfigurationException>(() => job.Check(new Dictionary<string, string>()));

        StringAssert.Contains(error.Message, "Feedback:Logs is empty");
    }

    private static async Task<Called> Succeeds(params string[] args)
    {
        var called = await Called.With(args);
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        return called;
    }
}
