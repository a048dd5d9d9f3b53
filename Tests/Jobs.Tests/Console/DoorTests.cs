using Recsys.Batch.Jobs.Tests.Console.Browser;
using Recsys.Batch.Jobs.Tests.Host;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Pages that stand by themselves, in a real browser over the whole host: signing in, and answers that something went wrong.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class DoorTests
{
    [TestMethod]
    [DataRow(1440, 900, false)]
    [DataRow(390, 844, true)]
    public async Task Pages_of_signing_in_and_of_errors_fit_are_named_and_are_readable(int width, int height, bool dark)
    {
        await using var browser = await Chromium.Start();
        await using var host = await TestHost.Start();
        string address = host.Address.GetLeftPart(UriPartial.Authority);
        var page = await browser.OpenPage();
        await page.Size(width, height, dark);
        var faults = new List<string>();
        async Task Look(string name, string words)
        {
            StringAssert.Contains(await page.Text("body"), words);
            faults.AddRange((await PageAudit.Of(page, alone: true)).Select(f => $"{name}: {f}"));
        }

        await page.Go(address + "/versions/prune");
        await Look("the door", "Sign in");
        await SignIn("not the password");
        await Look("the door after a wrong password", "The name or the password is wrong.");
        Assert.AreEqual("name", (await page.Evaluate("document.activeElement.id"))!.GetValue<string>(), "who comes to sign in may begin to type");
        await SignIn(TestHost.Password);
        await Look("what a viewer may not do", "This needs the role of an operator.");
        await page.Go(address + "/nowhere");
        await Look("an address that leads nowhere", "There is nothing at this address.");

        Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));

        async Task SignIn(string password)
        {
            await page.Evaluate($"document.getElementById('name').value = 'vera'; document.getElementById('password').value = '{password}'");
            await page.Follow("document.querySelector('form').requestSubmit()");
        }
    }
}
