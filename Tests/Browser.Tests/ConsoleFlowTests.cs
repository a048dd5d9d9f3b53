using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>An operator's day in a real browser, over the host as <c>serve</c> starts it, on a folder where nothing has run.</summary>
[TestClass]
internal sealed class ConsoleFlowTests
{
    private const string Password = "correct horse battery";

    [TestMethod]
    [DataRow(OutputEngine.Sqlite)]
    [DataRow(OutputEngine.PostgreSql)]
    [Timeout(300_000)]
    public async Task A_night_is_triggered_watched_looked_into_and_rolled_back_on_the_pages(OutputEngine store)
    {
        string[] where = store == OutputEngine.Sqlite ? [] :
            [
                "--set", "Publish:Store=PostgreSql", "--set", $"Publish:Connection={PostgresServer.Connection}", "--set",
                $"Publish:Schema={PostgresServer.NewSchema()}"];
        using var shop = HostileShop.Unopened();
        using var stop = new CancellationTokenSource();
        using var stdout = new FirstLine();
        using var stderr = new StringWriter();
        var serving = CommandLine.RunAsync(
            ["serve", "--json", "--urls", "http://127.0.0.1:0", "--config", shop.Config, "--out", shop.Output,
             "--set", "Serve:Users:0:Name=ada", "--set", $"Serve:Users:0:PasswordHash={PasswordHash.Create(Password)}", "--set", "Serve:Users:0:Role=Operator",
             .. where],
            new CliContext { Out = stdout, Error = stderr, Folder = shop.Folder }, stop.Token);
        await Task.WhenAny(serving, stdout.Written);
        Assert.IsFalse(serving.IsCompleted, stderr.ToString());
        using var welcome = JsonDocument.Parse(await stdout.Written);
        string address = welcome.RootElement.GetProperty("urls")[0].GetString()!;
        await using var tab = await Browser.OpenTab();
        var page = tab.Page;

        await page.GotoAsync(address + "/");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sign in");
        await tab.SignIn("ada", Password);
        await Expect(page.Locator("h1")).ToContainTextAsync("Nothing is published yet");

        await Night(page, address, "");
        string first = await Current(page, address);
        await Night(page, address, "Diversify:Lambda=0.9");
        string second = await Current(page, address);
        Assert.AreNotEqual(first, second);

        await page.GotoAsync(address + "/lists");
        await page.FillAsync("#user", "u07");
        await page.PressAsync("#user", "Enter");
        await Expect(page.Locator("table.list tbody tr")).ToHaveCountAsync(5);
        await Expect(page.Locator("main")).ToContainTextAsync("Item <b>");
        await Expect(page.Locator("h1")).Not.ToContainTextAsync("u07");

        await page.GotoAsync(address + "/versions");
        await page.GetByRole(AriaRole.Link, new() { Name = "Roll back…", Exact = true }).ClickAsync();
        await Expect(page.Locator("main")).ToContainTextAsync(first);
        await page.ClickAsync("main form[method=post] button");
        await Expect(page.Locator("h1")).ToContainTextAsync("finished");
        Assert.AreEqual(first, await Current(page, address));
        await page.GotoAsync(address + "/");
        await Expect(page.Locator(".notice")).ToContainTextAsync($"ada rolled back from {second} to {first} just now");

        await page.ClickAsync("form[action='/sign-out'] button");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sign in");
        tab.AssertNoComplaint();
        await stop.CancelAsync();
        Assert.AreEqual(0, await serving, stderr.ToString());
        Assert.IsFalse(stderr.ToString().Contains("u07", StringComparison.Ordinal), "the log names a customer");
    }

    private static async Task Night(IPage page, string address, string settings)
    {
        await page.GotoAsync(address + "/");
        await page.ClickAsync("a[href='/runs/start']");
        await page.FillAsync("#settings", settings);
        await page.GetByRole(AriaRole.Button, new() { Name = "Start" }).ClickAsync();
        await Expect(page.Locator("h1")).ToContainTextAsync(new Regex("Run #\\d+: finished"));
        await Expect(page.Locator("main")).ToContainTextAsync("publish");
        await Expect(page.Locator("main")).ToContainTextAsync("asked by ada");
    }

    private static async Task<string> Current(IPage page, string address)
    {
        await page.GotoAsync(address + "/versions");
        return await page.Locator("tbody tr", new() { HasText = "Current" }).Locator("th").InnerTextAsync();
    }

    /// <summary>Keeps the first line, in which the host says where it listens.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _first.Task;

        public override void WriteLine(string? value) => _first.TrySetResult(value!);
    }
}
