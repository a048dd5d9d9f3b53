using System.Text.Json.Nodes;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Jobs.Tests.Night;

namespace Recsys.Batch.Browser.Tests;

/// <summary>
/// What an experiment, a forecast and places show, with real rows, under the audit of every page; pictures with <c>RECSYS_SCREENSHOTS=FOLDER</c>.
/// </summary>
[TestClass]
internal sealed class ExperimentPagesTests
{
    private const string Options =
        "\"Experiment\": { \"ControlShare\": 0.4, \"MinUsers\": 10, \"Clock\": \"Data\", \"BeforeDays\": 10 }, "
        + "\"Privacy\": { \"Key\": \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\" }, "
        + "\"Forecast\": { \"Enabled\": true, \"Days\": 2, \"Windows\": 2, \"MinDays\": 14 }";

    [TestMethod]
    public async Task Pages_of_an_experiment_read_well_at_every_width()
    {
        if (Browser.Installed is null) throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");
        using var shop = new SmallShop().With(SmallShop.TwoTastes(), Options);
        // After everything else each customer buys three items of the other taste: something to hold out.
        shop.Add("late", Enumerable.Range(0, 120).Select(n => ((string?)$"u{n / 3:D2}", $"i{(1 - n / 3 % 2) * 8 + (n / 6 + n % 3 * 2) % 8:D2}", 20, 1)));
        string run = (string)JsonNode.Parse((await shop.Run("run", "nightly", "--json")).Out)!["run_id"]!;
        shop.Add("b", Enumerable.Range(0, 40).Select(u => ((string?)$"u{u:D2}", $"i{u % 16:D2}", 22 + u % 3, 1)));
        var experiment = await shop.Run("run", "experiment");
        Assert.AreEqual(0, experiment.ExitCode, experiment.ToString());
        await using var host = await PageHost.Start(shop.Output);
        var faults = new List<string>();
        foreach (var (width, dark) in ((int, bool)[])[(1440, false), (1440, true), (390, false), (390, true)])
        {
            await using var tab = await Browser.OpenTab(width, width < 600 ? 844 : 900, dark);
            foreach (var (name, address) in ((string, string)[])[("balance", "/balance"), ("run", $"/runs/{run}"), ("places", "/places")])
            {
                await tab.Page.GotoAsync(host.Address + address);
                await tab.Picture($"experiment-{name}-{width}{(dark ? "-dark" : "")}");
                faults.AddRange((await PageAudit.Of(tab.Page)).Concat(await Axe.Of(tab.Page)).Take(4).Select(f => $"{address} at {width}: {f}"));
                string text = await tab.Page.InnerTextAsync("main");
                StringAssert.Contains(text, name switch { "balance" => "Whether lists help", "run" => "For whom", _ => "item_forecast" });
            }
            faults.AddRange(tab.Complaints);
        }
        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
    }
}
