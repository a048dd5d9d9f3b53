using Recsys.Batch.Jobs.Tests;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Browser.Tests;

/// <summary>
/// Pictures of every page for people to look at, at two widths, light and dark: <c>RECSYS_SCREENSHOTS=FOLDER RECSYS_OUT=out/demo dotnet test
/// Tests/Browser.Tests -c Release --filter Pictures_of_every_page</c>.
/// </summary>
[TestClass]
internal sealed class ScreenshotTests
{
    [TestMethod]
    public async Task Pictures_of_every_page()
    {
        if (!Tab.TakesPictures) throw new AssertInconclusiveException("RECSYS_SCREENSHOTS names no folder for pictures");
        string output = Environment.GetEnvironmentVariable("RECSYS_OUT") ?? Path.Combine(Repository.Root, "out", "demo");
        await using var host = await PageHost.Start(output);
        host.Scheduler.Known["nightly"] = new()
        {
            Job = "nightly",
            Cron = "0 3 * * *",
            TimeZone = "Europe/Berlin",
            TimeLimit = TimeSpan.FromHours(3),
            Retries = 2,
        };
        host.Operations.Save(new LedgerAlert(
            "a", TimeProvider.System.GetUtcNow(), "quarantine", "Quarantine jumped to 30.3% of the new rows", "An example of an alert.", null, true, null));
        using var visitor = new Visitor(host.Address, "Operator");
        int number = 0;
        foreach (string address in await PageAddresses.Of(host, visitor))
        {
            number++;
            string name = new([.. address.Split('?')[0].Trim('/').Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
            foreach (var (width, dark) in ((int, bool)[])[(1440, false), (1440, true), (390, false), (390, true)])
            {
                await using var tab = await Browser.OpenTab(width, width < 600 ? 844 : 900, dark);
                await tab.Page.GotoAsync(host.Address + address);
                await tab.Picture($"{number:D2}-{(name.Length == 0 ? "overview" : name)}-{width}{(dark ? "-dark" : "")}");
            }
        }
    }
}
