using System.Text.Json;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Jobs.Tests.Console.Browser;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>An operator's day in a real browser, over the host as <c>serve</c> starts it, on a folder where nothing has run.</summary>
[TestClass]
[DoNotParallelize]
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
        await using var browser = await Chromium.Start();
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
        var page = await browser.OpenPage();

        await page.Go(address + "/");
        StringAssert.Contains(await page.Text("h1"), "Sign in");
        await page.Evaluate($"document.getElementById('name').value = 'ada'; document.getElementById('password').value = '{Password}'");
        await page.Follow("document.querySelector('form').requestSubmit()");
        StringAssert.Contains(await page.Text("h1"), "Nothing is published yet");

        await Night(page, address, "");
        string first = await Current(page, address);
        await Night(page, address, "Diversify:Lambda=0.9");
        string second = await Current(page, address);
        Assert.AreNotEqual(first, second);

        await page.Go(address + "/lists");
        await page.Evaluate("document.getElementById('user').value = 'u07'");
        await page.Follow("document.getElementById('user').form.requestSubmit()");
        Assert.AreEqual("5", (await page.Evaluate("String(document.querySelectorAll('table.list tbody tr').length)"))!.GetValue<string>());
        StringAssert.Contains(await page.Text("main"), "Item <b>");
        Assert.IsFalse((await page.Text("h1")).Contains("u07", StringComparison.Ordinal));

        await page.Go(address + "/versions");
        await page.Follow("[...document.querySelectorAll('main a')].find(a => a.textContent.startsWith('Roll back')).click()");
        StringAssert.Contains(await page.Text("main"), first);
        await page.Follow("document.querySelector('main form[method=post]').requestSubmit()");
        await page.Until("/finished/i.test(document.querySelector('h1').innerText)", "the roll-back has finished");
        Assert.AreEqual(first, await Current(page, address));

        await page.Follow("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()");
        StringAssert.Contains(await page.Text("h1"), "Sign in");
        Assert.AreEqual(0, page.Complaints.Count, string.Join(Environment.NewLine, page.Complaints));
        await stop.CancelAsync();
        Assert.AreEqual(0, await serving, stderr.ToString());
        Assert.IsFalse(stderr.ToString().Contains("u07", StringComparison.Ordinal), "the log names a customer");
    }

    private static async Task Night(BrowserPage page, string address, string settings)
    {
        await page.Go(address + "/");
        await page.Follow("document.querySelector('a[href=\"/runs/start\"]').click()");
        await page.Evaluate($"document.getElementById('settings').value = {JsonSerializer.Serialize(settings)}");
        await page.Follow("document.querySelector('main form').requestSubmit()");
        await page.Until("/Run #\\d+: finished/.test(document.querySelector('h1').innerText)", "the night has finished");
        StringAssert.Contains(await page.Text("main"), "publish");
        StringAssert.Contains(await page.Text("main"), "asked by ada");
    }

    private static async Task<string> Current(BrowserPage page, string address)
    {
        await page.Go(address + "/versions");
        return (await page.Evaluate(
            "[...document.querySelectorAll('tbody tr')].find(r => r.innerText.includes('Current'))?.querySelector('th').innerText ?? ''"))!.GetValue<string>();
    }

    /// <summary>Keeps the first line, in which the host says where it listens.</summary>
    private sealed class FirstLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Written => _first.Task;

        public override void WriteLine(string? value) => _first.TrySetResult(value!);
    }
}
