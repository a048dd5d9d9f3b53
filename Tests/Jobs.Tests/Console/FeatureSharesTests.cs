using Recsys.Batch.Jobs.Tests.Host;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>A customer's list that a ranker served, with the features that carried it.</summary>
[TestClass]
internal sealed class FeatureSharesTests
{
    [TestMethod]
    public async Task A_list_shows_what_carried_an_entry_and_encodes_its_name()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-shares-").FullName;
        try
        {
            await using var host = await PageHost.Start(folder);
            SeededLists.Publish(host.Store, "v1", DateTimeOffset.UnixEpoch, ["plain"]);
            SeededLists.Publish(host.Store, "v2", DateTimeOffset.UnixEpoch, ["plain"], features: ["score", HostileShop.Script, HostileShop.Picture]);
            using var visitor = new Visitor(host.Address, "Viewer");
            string address = (await visitor.Post("/lists", await visitor.Token("/lists"), ("user", "plain"))).Headers.Location!.ToString();

            string page = await visitor.Page(address);
            Assert.AreEqual(2, page.Split("class=\"shares\"").Length - 1, "all entries but the second");
            StringAssert.Contains(page, "<span>&lt;script&gt;window.pwned=1&lt;/script&gt;</span>");
            Assert.IsFalse(page.Contains(HostileShop.Script, StringComparison.Ordinal) || page.Contains(HostileShop.Picture, StringComparison.Ordinal));
            StringAssert.Contains(page, "&#x2B;1.50");
            StringAssert.Contains(page, "width=\"50%\"");
            StringAssert.Contains(page, "beside that of the");

            string before = await visitor.Page(address + "&version=v1");
            Assert.IsFalse(before.Contains("class=\"shares\"", StringComparison.Ordinal), "a version that no ranker served");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
