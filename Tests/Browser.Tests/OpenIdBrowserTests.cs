using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Jobs.Tests.Host.OpenId;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>Signing in at a provider that is another site, in a real browser: what cookies and content policy make of it only a browser knows.</summary>
[TestClass]
internal sealed class OpenIdBrowserTests
{
    [TestMethod]
    [DataRow(1440, 900, false)]
    [DataRow(390, 844, true)]
    public async Task A_person_comes_back_signed_in_where_they_wanted_to_go(int width, int height, bool dark)
    {
        await using var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: [.. TestHost.Credentials, .. provider.Settings()]);
        string address = host.Address.GetLeftPart(UriPartial.Authority);
        await using var tab = await Browser.OpenTab(width, height, dark);
        var page = tab.Page;

        await page.GotoAsync(address + "/versions");
        await Expect(page.Locator("main")).ToContainTextAsync("Sign in with the shop's accounts");
        var faults = await PageAudit.Of(page, alone: true);
        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
        await tab.Picture($"sign-in-{width}");

        provider.Asks = true;
        await page.ClickAsync("a[href^='/sign-in/openid']");
        await page.ClickAsync("a");
        await Expect(page).ToHaveURLAsync(address + "/versions");
        await Expect(page.Locator("body")).ToContainTextAsync("grace");

        await page.ClickAsync("form[action='/sign-out'] button");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sign in");
        await page.GotoAsync(address + "/versions");
        await Expect(page.Locator("h1")).ToContainTextAsync("Sign in");

        (provider.Asks, provider.Person) = (false, null);
        await page.ClickAsync("a[href^='/sign-in/openid']");
        await Expect(page.Locator("main")).ToContainTextAsync("you declined");
        // The page's own status, 403, is what the browser remarks on.
        Assert.IsTrue(tab.Complaints.All(c => c.Contains("403", StringComparison.Ordinal)), string.Join(Environment.NewLine, tab.Complaints));
    }

    [TestMethod]
    public async Task Where_nobody_has_a_password_none_is_asked_for()
    {
        await using var provider = await IdentityProvider.Start();
        await using var host = await TestHost.Start(settings: provider.Settings());
        await using var tab = await Browser.OpenTab();

        await tab.Page.GotoAsync(host.Address + "sign-in");

        await Expect(tab.Page.Locator("main")).ToContainTextAsync("Sign in with the shop's accounts");
        await Expect(tab.Page.Locator("form, input[type=password]")).ToHaveCountAsync(0);
    }
}
