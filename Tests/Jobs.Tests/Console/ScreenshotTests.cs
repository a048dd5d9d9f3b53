using Recsys.Batch.Jobs.Tests.Console.Browser;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>
/// Pictures of every page for people to look at, at two widths, light and dark: <c>RECSYS_SCREENSHOTS=FOLDER RECSYS_OUT=out/demo dotnet test -c Release
/// --filter Pictures_of_every_page</c>.
/// </summary>
[TestClass]
[DoNotParallelize]
internal sealed class ScreenshotTests
{
    [TestMethod]
    public async Task Pictures_of_every_page()
    {
        if (Environment.GetEnvironmentVariable("RECSYS_SCREENSHOTS") is not { Length: > 0 } folder)
            throw new AssertInconclusiveException("RECSYS_SCREENSHOTS names no folder for pictures");
        string output = Environment.GetEnvironmentVariable("RECSYS_OUT") ?? Path.Combine(Repository.Root, "out", "demo");
        Directory.CreateDirectory(folder);
        await using var host = await PageHost.Start(output);
        host.Scheduler.Known.Add(new Jobs.Scheduling.Schedule(
            "nightly", "nightly", "0 3 * * *", "Europe/Berlin", Jobs.Scheduling.MisfirePolicy.RunOnce, new Dictionary<string, string>(), null,
            TimeSpan.FromHours(3), 2, TimeSpan.FromMinutes(5)));
        host.Operations.Save(new LedgerAlert(
            "a", TimeProvider.System.GetUtcNow(), "quarantine", "Quarantine jumped to 30.3% of the new rows", "An example of an alert.", null, true, null));
        using var visitor = new Visitor(host.Address, "Operator");
        await using var browser = await Chromium.Start();
        var page = await browser.OpenPage();
        int number = 0;
        foreach (string address in await PageAddresses.Of(host, visitor))
        {
            number++;
            string name = new([.. address.Split('?')[0].Trim('/').Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]);
            foreach (var (width, dark) in ((int, bool)[])[(1440, false), (1440, true), (390, false), (390, true)])
            {
                await page.Size(width, width < 600 ? 844 : 900, dark);
                await page.Go(host.Address + address);
                await File.WriteAllBytesAsync(
                    Path.Combine(folder, $"{number:D2}-{(name.Length == 0 ? "overview" : name)}-{width}{(dark ? "-dark" : "")}.png"), await page.Picture());
            }
        }
    }
}
