using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Recsys.Batch.Jobs.Tests.Console.Browser;

/// <summary>That the tab waits for the page it was sent to, not for whatever loads first.</summary>
[TestClass]
internal sealed class BrowserPageTests
{
    private const string LoadsOnceMore = "setTimeout(() => { document.open(); document.write('<h1>again</h1>'); document.close(); }, 100)";

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_page_that_is_left_and_loads_once_more_is_not_taken_for_the_next_one()
    {
        await using var site = await SlowSite();
        await using var browser = await Chromium.Start();
        var page = await browser.OpenPage();

        await page.Go(site.Urls.First() + "/first");
        await page.Evaluate(LoadsOnceMore);
        await page.Go(site.Urls.First() + "/slow");
        Assert.AreEqual("whole", await page.Text("#end"));

        await page.Go(site.Urls.First() + "/first");
        await page.Follow("location.href = '/slow'");
        Assert.AreEqual("whole", await page.Text("#end"));
    }

    [TestMethod]
    [Timeout(120_000)]
    public async Task A_script_that_fails_says_what_the_page_showed()
    {
        await using var site = await SlowSite();
        await using var browser = await Chromium.Start();
        var page = await browser.OpenPage();
        await page.Go(site.Urls.First() + "/first");

        var failed = await Assert.ThrowsExactlyAsync<InvalidOperationException>(() => page.Follow("document.querySelector('a').click()"));

        StringAssert.Contains(failed.Message, "first words");
        StringAssert.Contains(failed.Message, "/first");
    }

    /// <summary><c>/slow</c> lets the page before it live for half a second, and comes in two halves.</summary>
    private static async Task<WebApplication> SlowSite()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var site = builder.Build();
        site.MapGet("/first", () => Microsoft.AspNetCore.Http.Results.Content("<!doctype html><p>first words</p>", "text/html"));
        site.MapGet("/slow", async (HttpContext context) =>
        {
            await Task.Delay(500);
            context.Response.ContentType = "text/html";
            await context.Response.WriteAsync("<!doctype html><h1>Slow</h1>" + new string(' ', 4096));
            await context.Response.Body.FlushAsync();
            await Task.Delay(500);
            await context.Response.WriteAsync("<p id=end>whole</p>");
        });
        await site.StartAsync();
        return site;
    }
}
