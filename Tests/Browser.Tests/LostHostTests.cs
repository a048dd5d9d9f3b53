using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Jobs.Tests.Scheduling.Hosts;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>A bad morning: the host that made the night's lists was killed. The other one's console says so, and who went on.</summary>
[TestClass]
internal sealed class LostHostTests
{
    private const int Users = 4800;

    [TestMethod]
    [Timeout(400_000)]
    public async Task Host_that_is_killed_amid_a_night_is_seen_and_so_is_who_took_over()
    {
        if (Browser.Installed is null) throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");
        string schema = PostgresServer.NewSchema();
        var publish = new PublishOptions { Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = schema };
        using var shop = new SmallShop().With(Purchases(), $$"""
            "Publish": { "Store": "PostgreSql", "Connection": {{JsonSerializer.Serialize(publish.Connection)}} }
            """);
        publish.Path = shop.Output;
        using var place = OutputConnection.OpenForServing(publish, TimeProvider.System);
        Task<HostProcess> Host(string node) => HostProcess.Start(
            shop.Config, shop.Output,
            "Embed:Model=none", "Diversify:Candidates=300", "Diversify:ListLength=40", "Materialize:BlockUsers=16", "Evaluate:MinUsers=1000000",
            "Evaluate:BaselineTolerance=1", "Runs:LeaseTerm=00:00:04", "Scheduler:InvisibilityTimeout=00:00:05", "Scheduler:PollInterval=00:00:00.2",
            "Scheduler:BusyDelay=00:00:00.3", $"Publish:Schema={schema}", "Scheduler:Store=PostgreSql", $"Scheduler:Node={node}");
        using var first = await Host("first");
        await (await first.Form("nightly"))();
        using var second = await Host("second");
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        string address = second.Client.BaseAddress!.ToString();
        await Until(() => place.Ledger.Runs(1) is [var run] && place.Ledger.Stages(run.RunId).Any(s => s.Stage == "train"), second);
        await page.GotoAsync(address + "hosts");
        await Expect(page.Locator("tr", new() { HasText = "first" }).First).ToContainTextAsync("writes now: nightly");
        await Expect(page.Locator("main")).ToContainTextAsync("Nothing was taken over.");

        first.Kill();
        await Until(() => place.Ledger.Runs(1)[0].State == RunState.Finished, second);
        string run = place.Ledger.Runs(1)[0].RunId;

        await page.GotoAsync(address + "hosts");
        var taken = page.Locator("section", new() { Has = page.Locator("#taken") });
        await Expect(taken).ToContainTextAsync(new Regex("second\\s+took over\\s+run #1\\s+from first"));
        await tab.Picture("morning-host-lost");
        await taken.Locator($"a[href='/runs/{run}']").ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");
        await Expect(page.Locator(".lead-facts")).ToContainTextAsync("attempt 2");
        await Expect(page.Locator(".lead-facts")).ToContainTextAsync("second");
        await page.GotoAsync(address + "audit?act=took+over");
        await Expect(page.Locator("main")).ToContainTextAsync("from first");
        tab.AssertNoComplaint();
    }

    private static IEnumerable<(string? User, string Item, int Day, int Quantity)> Purchases() => Enumerable.Range(0, Users).SelectMany(
        user => Enumerable.Range(0, 8).Select(n => (
            (string?)string.Create(CultureInfo.InvariantCulture, $"u{user:D4}"),
            string.Create(CultureInfo.InvariantCulture, $"i{(user * 7 + n * n) % 300:D3}"), n * 3, 1)));

    private static async Task Until(Func<bool> holds, HostProcess host)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        while (!holds())
        {
            if (patience.IsCancellationRequested) Assert.Fail("waited in vain:\n" + host.Log);
            await Task.Delay(50);
        }
    }
}
