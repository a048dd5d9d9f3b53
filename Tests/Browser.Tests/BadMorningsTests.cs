using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Tests.Shared;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>
/// An operator's bad mornings, as the console tells of them: a file is missing, the database is away, the night is late. A refused gate is in
/// <see cref="AcceptOnceTests"/>, a rollback in <see cref="ConsoleFlowTests"/>, a lost host in <see cref="LostHostTests"/>.
/// </summary>
[TestClass]
internal sealed class BadMorningsTests
{
    private const int Tries = 120;

    [TestMethod]
    [Timeout(300_000)]
    public async Task Missing_log_is_named_and_the_night_runs_again_once_it_is_there()
    {
        await using var host = await OperatorsHost.Start();
        host.Scheduler.TriggerSchedule("night", "clock");
        await host.Newest(JobState.Finished);
        string? published = host.Store.Current;
        string elsewhere = host.LogFolder + "-elsewhere";
        Directory.Move(host.LogFolder, elsewhere);
        host.Scheduler.TriggerSchedule("night", "clock");
        await host.Newest(JobState.Failed);
        await using var tab = await host.SignedIn("olga", "/");
        var page = tab.Page;

        await Expect(page.Locator(".lead-facts")).ToContainTextAsync(host.LogFolder);
        Assert.AreEqual(published, host.Store.Current, "readers keep the lists that they have");
        await page.GotoAsync(host.Address + "/nights");
        await Expect(page.Locator(".nights thead")).ToContainTextAsync("failed to start");
        await tab.Picture("morning-file-missing-nights");
        await page.Locator(".nights thead a[href^='/runs/asked/']").ClickAsync();
        await Expect(page.Locator(".message")).ToContainTextAsync(host.LogFolder);
        await tab.Picture("morning-file-missing");

        Directory.Move(elsewhere, host.LogFolder);
        await page.GetByRole(AriaRole.Button, new() { Name = "Run again" }).ClickAsync();
        await host.Newest(JobState.Finished);
        await page.GotoAsync(host.Address + "/");
        await Expect(page.Locator("h1")).Not.ToContainTextAsync("Nothing is published");
        await Expect(page.Locator(".lead-facts")).Not.ToContainTextAsync(host.LogFolder);
        tab.AssertNoComplaint();
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Database_that_is_away_is_said_and_pages_are_back_with_it()
    {
        using var line = new CutLine();
        await using var host = await TestHost.Start(settings:
        [
            .. TestHost.Credentials, "Publish:Store=PostgreSql", $"Publish:Connection={line.Connection}", $"Publish:Schema={PostgresServer.NewSchema()}",
        ]);
        SeededLists.Publish(host.Store, "v1", TimeProvider.System.GetUtcNow(), ["plain"]);
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        await page.GotoAsync(host.Address + "versions");
        await tab.SignIn("olga", TestHost.Password);
        await Expect(page.Locator("main")).ToContainTextAsync("v1");

        line.Cut();
        foreach (string path in (string[])["", "versions", "runs"])
        {
            var answer = await page.GotoAsync(host.Address + path);
            Assert.AreEqual(503, answer!.Status);
            await Expect(page.Locator("h1")).ToHaveTextAsync("Not ready");
            await Expect(page.Locator("main")).ToContainTextAsync("database does not answer");
        }
        Assert.AreEqual("", string.Join('\n', [.. await PageAudit.Of(page, alone: true), .. await Axe.Of(page)]));
        await tab.Picture("morning-database-away");

        line.Mend();
        await Again(page, host.Address + "versions", () => page.Locator("h1").InnerTextAsync(), "Versions");
        await Expect(page.Locator("main")).ToContainTextAsync("v1");
    }

    [TestMethod]
    [Timeout(300_000)]
    public async Task Night_that_is_late_is_told_before_lists_are_missed()
    {
        await using var host = await TestHost.Start(settings:
        [
            .. TestHost.Credentials, "Alerts:CheckInterval=00:00:01", "Serve:TimeZone=Europe/Berlin",
        ]);
        var nights = new SeededNights(host.Services.GetRequiredService<IRunLedger>(), host.Store);
        var last = TimeProvider.System.GetUtcNow().AddHours(-25.5);
        for (int night = 1; night <= 5; night++) nights.Add(night, last.AddDays(night - 5), 0.1);
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;
        await page.GotoAsync(host.Address.ToString());
        await tab.SignIn("olga", TestHost.Password);

        await Again(
            page, host.Address.ToString(), () => page.Locator("section[aria-labelledby=alerts]").InnerTextAsync(), "The night is later than usual");
        await Expect(page.Locator(".alerts")).ToContainTextAsync("None is at work.");
        await Expect(page.Locator(".alerts")).ToContainTextAsync(new Regex("it was to end about .* Europe/Berlin"));
        await Expect(page.Locator("h1")).ToContainTextAsync("up to date", new() { IgnoreCase = true });
        await tab.Picture("morning-night-late");
        Assert.AreEqual("", string.Join('\n', [.. await PageAudit.Of(page), .. await Axe.Of(page)]));
    }

    /// <summary>Loads a page again until it says so: what it tells of comes from another thread of the host.</summary>
    private static async Task Again(IPage page, string address, Func<Task<string>> look, string expected)
    {
        string seen = "";
        for (int i = 0; i < Tries; i++)
        {
            await page.GotoAsync(address);
            seen = await look();
            if (seen.Contains(expected, StringComparison.Ordinal)) return;
            await Task.Delay(250);
        }
        Assert.Fail($"the page never said '{expected}': {seen}");
    }
}
