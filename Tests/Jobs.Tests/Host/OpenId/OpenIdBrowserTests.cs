using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Jobs.Tests.Console.Browser;

namespace Recsys.Batch.Jobs.Tests.Host.OpenId;

/// <summary>Signing in at a provider that is another site, in a real browser: what cookies and content policy make of it only a browser knows.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class OpenIdBrowserTests
{
    [TestMethod]
    [DataRow(1440, 900, false)]
    [DataRow(390, 844, true)]
    public async Task A_person_comes_back_signed_in_where_they_wanted_to_go(int width, int height, bool dark)
    {
        await using var browser = await Chromium.Start();
        await using var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: [.. TestHost.Credentials, .. provider.Settings()]);
        string address = host.Address.GetLeftPart(UriPartial.Authority);
        var page = await browser.OpenPage();
        await page.Size(width, height, dark);

        await page.Go(address + "/versions");
        StringAssert.Contains(await page.Text("main"), "Sign in with the shop's accounts");
        var faults = await PageAudit.Of(page, alone: true);
        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
        if (Environment.GetEnvironmentVariable("RECSYS_SCREENSHOTS") is { Length: > 0 } folder)
            await File.WriteAllBytesAsync(Path.Combine(folder, $"sign-in-{width}.png"), await page.Picture());

        provider.Asks = true;
        await page.Follow("document.querySelector('a[href^=\"/sign-in/openid\"]').click()");
        await page.Follow("document.querySelector('a').click()");
        await page.Until("location.pathname === '/versions'", "the page they wanted stands there without another click");
        StringAssert.Contains(await page.Text("body"), "grace");

        await page.Follow("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()");
        StringAssert.Contains(await page.Text("h1"), "Sign in");
        await page.Go(address + "/versions");
        StringAssert.Contains(await page.Text("h1"), "Sign in");

        (provider.Asks, provider.Person) = (false, null);
        await page.Follow("document.querySelector('a[href^=\"/sign-in/openid\"]').click()");
        StringAssert.Contains(await page.Text("main"), "you declined");
        // The page's own status, 403, is what the browser remarks on.
        Assert.IsTrue(page.Complaints.All(c => c.Contains("403", StringComparison.Ordinal)), string.Join(Environment.NewLine, page.Complaints));
    }

    [TestMethod]
    public async Task Where_nobody_has_a_password_none_is_asked_for()
    {
        await using var browser = await Chromium.Start();
        await using var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: provider.Settings());
        var page = await browser.OpenPage();

        await page.Go(host.Address + "sign-in");

        Assert.AreEqual("", await page.Text("input[type=password]"));
        Assert.AreEqual(false, (await page.Evaluate("Boolean(document.querySelector('form'))"))!.GetValue<bool>());
        StringAssert.Contains(await page.Text("main"), "Sign in with the shop's accounts");
    }
}
