using Microsoft.Extensions.DependencyInjection;
using Recsys.Batch.Jobs.Configuration;
using Recsys.Batch.Jobs.Host;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Console.Browser;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Jobs.Tests.Scheduling;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>
/// A night triggered on Hangfire's dashboard, in a real browser. <c>RECSYS_SCREENSHOTS=FOLDER</c> keeps pictures of its pages at two widths.
/// </summary>
[TestClass]
[DoNotParallelize]
public class HangfireFlowTests
{
    [TestMethod]
    [Timeout(300_000)]
    public async Task A_night_is_triggered_on_the_dashboard_and_followed_to_its_run_and_back()
    {
        await using var browser = await Chromium.Start();
        using var shop = HostileShop.Unopened();
        var root = new SettingsLayers().AddFile(shop.Config).AddAssignments(
            [
                $"Publish:Path={shop.Output}", "Serve:Urls:0=http://127.0.0.1:0", .. TestHost.Credentials, "Schedules:night:Job=nightly",
                "Schedules:night:Cron=30 2 * * *", "Schedules:night:TimeZone=Europe/Berlin"]).Root;
        using var log = new StringWriter();
        await using var host = RecsysHost.Build(root, shop.Output, TimeProvider.System, TextWriter.Synchronized(log));
        await host.StartAsync();
        string address = host.Urls[0];
        var page = await browser.OpenPage();

        await page.Go(address + "/hangfire/recurring");
        await SignIn(page, "olga");
        StringAssert.Contains(await page.Text("h1"), "Recurring");
        StringAssert.Contains(await page.Text("tbody tr"), "nightly (schedule night)");
        await Pictures(page, "recurring");
        await page.Evaluate("document.querySelector('input[name=\"jobs[]\"]').click()");
        await page.Follow("document.querySelector('[data-url$=\"/recurring/trigger\"]').click()");

        await Until(page, address + "/hangfire/jobs/succeeded", "nightly (schedule night)");
        await Pictures(page, "succeeded");
        await page.Follow("document.querySelector('a.job-method').click()");
        Assert.AreEqual("nightly (schedule night)", await page.Text("h1"));
        StringAssert.Contains(await page.Text("#recsys-run"), "nightly (schedule night), asked by olga");
        await Pictures(page, "job");
        string job = (await page.Evaluate("location.pathname"))!.GetValue<string>();
        await page.Follow("document.querySelector('#recsys-run a').click()");
        StringAssert.Matches(await page.Text("h1"), new System.Text.RegularExpressions.Regex("Run #\\d+: finished"));
        StringAssert.Contains(await page.Text("main"), "asked by olga, schedule night");
        await Pictures(page, "run");
        await page.Follow("[...document.querySelectorAll('main a')].find(a => a.textContent === 'Hangfire job').click()");
        Assert.AreEqual(job, (await page.Evaluate("location.pathname"))!.GetValue<string>());

        await page.Follow("document.querySelector('[data-ajax*=\"/actions/requeue/\"]').click()");
        await Until(page, address + job, "requeued by olga");
        await JobHost.Until(() => host.Services.GetRequiredService<IJobScheduler>().Jobs(1) is [{ State: JobState.Finished }], "it has run again");
        await page.Evaluate("window.confirm = () => true");
        await page.Follow("document.querySelector('[data-ajax*=\"/actions/delete/\"]').click()");
        await Until(page, address + job, "deleted by olga");
        await page.Go(address + "/schedules");
        StringAssert.Contains(await page.Text("main"), "Last outcome");
        await page.Follow("document.querySelector('form[action=\"/schedules/pause\"]').requestSubmit()");
        StringAssert.Contains(await page.Text("main"), "Paused by olga");
        await page.Go(address + "/hangfire/recurring");
        StringAssert.Contains(await page.Text("tbody tr"), "nightly (schedule night), paused by olga");

        await page.Go(address + "/hangfire");
        await page.Until(
            "document.querySelectorAll('canvas').length === 2 && getComputedStyle(document.querySelector('canvas')).display === 'block'",
            "the charts are drawn");
        await Pictures(page, "home");
        await page.Go(address + "/");
        await page.Follow("document.querySelector('nav a[href=\"/hangfire\"]').click()");
        await page.Follow("document.querySelector('.navbar-right a').click()");
        Assert.AreEqual("/", (await page.Evaluate("location.pathname"))!.GetValue<string>());
        Assert.AreEqual(0, page.Complaints.Count, string.Join(Environment.NewLine, page.Complaints));

        // A refusal is told on the page; the browser notes the answer's status besides.
        await page.Go(address + "/hangfire/recurring");
        Assert.AreEqual(
            "none", (await page.Evaluate("getComputedStyle(document.querySelector('[data-url$=\"/recurring/remove\"]')).display"))!.GetValue<string>());
        await page.Evaluate(
            "window.confirm = () => true; document.querySelector('input[name=\"jobs[]\"]').click(); "
            + "document.querySelector('[data-url$=\"/recurring/remove\"]').click()");
        await page.Until("(document.querySelector('.recsys-refusal')?.innerText ?? '').includes('belongs to the configuration')", "the refusal is shown");
        await Pictures(page, "refusal");

        await page.Go(address + "/");
        await page.Follow("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()");
        await page.Go(address + "/hangfire/recurring");
        await SignIn(page, "vera");
        StringAssert.Contains(await page.Text("tbody tr"), "nightly (schedule night)");
        Assert.AreEqual(0, (await page.Evaluate("document.querySelectorAll('.js-page-container button, input[type=checkbox]').length"))!.GetValue<int>());
        int forged = (await page.Evaluate(
            """
            fetch('/hangfire/recurring/trigger', {
                method: 'POST', body: new URLSearchParams({ 'jobs[]': 'night' }),
                headers: { [document.querySelector('meta[name=csrf-header]').content]: document.querySelector('meta[name=csrf-token]').content }
            }).then(a => a.status)
            """))!.GetValue<int>();
        Assert.AreEqual(403, forged);
        Assert.IsFalse(log.ToString().Contains(" error ", StringComparison.Ordinal), log.ToString());
        await host.StopAsync();
    }

    private static async Task SignIn(BrowserPage page, string name)
    {
        StringAssert.Contains(await page.Text("h1"), "Sign in");
        await page.Evaluate($"document.getElementById('name').value = '{name}'; document.getElementById('password').value = '{TestHost.Password}'");
        await page.Follow("document.querySelector('form').requestSubmit()");
    }

    private static async Task Until(BrowserPage page, string address, string words)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        while (true)
        {
            await page.Go(address);
            if ((await page.Text("body")).Contains(words, StringComparison.Ordinal)) return;
            if (patience.IsCancellationRequested) Assert.Fail($"waited in vain for '{words}'; the page says: {await page.Text("body")}");
            await Task.Delay(300);
        }
    }

    private static async Task Pictures(BrowserPage page, string name)
    {
        if (Environment.GetEnvironmentVariable("RECSYS_SCREENSHOTS") is not { Length: > 0 } folder) return;
        Directory.CreateDirectory(folder);
        foreach (int width in (int[])[390, 1440])
        {
            await page.Size(width, width < 600 ? 844 : 900);
            await File.WriteAllBytesAsync(Path.Combine(folder, $"hangfire-{name}-{width}.png"), await page.Picture());
        }
    }
}
