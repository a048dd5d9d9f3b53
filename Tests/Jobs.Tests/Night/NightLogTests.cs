using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>What a night says of itself while it works.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class NightLogTests
{
    [TestMethod]
    public async Task Warning_is_told_once_and_each_training_says_what_for()
    {
        using var shop = new SmallShop().With(SmallShop.TwoTastes());

        var called = await shop.Run("run", "nightly", "--set", "Ingest:Quality:NewFiles:WarnBelow=2");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        using var place = OutputConnection.OpenForReading(new PublishOptions { Path = shop.Output }, TimeProvider.System);
        string run = place.Ledger.Runs(1)[0].RunId;
        var log = place.Operations.Log(run, 0, 1000);
        var warned = log.Where(l => l.Text.Contains("data.files.new", StringComparison.Ordinal)).ToArray();
        Assert.HasCount(1, warned, string.Join('\n', log));
        Assert.AreEqual("warning", warned[0].Level);
        Assert.AreEqual(1, called.Out.Split("      warn: data.files.new").Length - 1, called.Out);
        CollectionAssert.IsSubsetOf(
            (string[])["trains ials to serve, on everything", "trains ials to be measured, on what lies before the hold-out"],
            log.Select(l => l.Text).ToArray());
        Assert.AreEqual("ials to be measured", place.Operations.Progress(run).Single(p => p.Stage == "train").Step);
    }
}
