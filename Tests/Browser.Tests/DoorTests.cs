using Recsys.Batch.Jobs.Tests.Host;
using static Microsoft.Playwright.Assertions;

namespace Recsys.Batch.Browser.Tests;

/// <summary>Pages that stand by themselves, in a real browser over the whole host: signing in, and answers that something went wrong.</summary>
[TestClass]
internal sealed class DoorTests
{
    [TestMethod]
    [DataRow(1440, 900, false)]
    [DataRow(390, 844, true)]
    public async Task Pages_of_signing_in_and_of_errors_fit_are_named_and_are_readable(int width, int height, bool dark)
    {
        await using var host = await TestHost.Start();
        string address = host.Address.GetLeftPart(UriPartial.Authority);
        await using var tab = await Browser.OpenTab(width, height, dark);
        var page = tab.Page;
        var faults = new List<string>();
        async Task Look(string name, string words)
        {
            await Expect(page.Locator("body")).ToContainTextAsync(words);
            faults.AddRange((await PageAudit.Of(page, alone: true)).Select(f => $"{name}: {f}"));
        }

        await page.GotoAsync(address + "/versions/prune");
        await Look("the door", "Sign in");
        await tab.SignIn("vera", "not the password");
        await Look("the door after a wrong password", "The name or the password is wrong.");
        // Who comes to sign in may begin to type.
        await Expect(page.Locator("#name")).ToBeFocusedAsync();
        await tab.SignIn("vera", TestHost.Password);
        await Look("what a viewer may not do", "This needs the role of an operator.");
        await page.GotoAsync(address + "/nowhere");
        await Look("an address that leads nowhere", "There is nothing at this address.");

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
    }
}
