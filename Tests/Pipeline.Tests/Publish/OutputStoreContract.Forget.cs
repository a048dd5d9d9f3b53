namespace Recsys.Batch.Pipeline.Tests.Publish;

internal abstract partial class OutputStoreContract
{
    [TestMethod]
    public void Lists_of_the_forgotten_go_from_one_version_and_its_row_says_so()
    {
        var store = Open();
        Put(store, "v1", 1);
        Put(store, "v2", 2);
        var before = Open().Find("v1")!;
        CollectionAssert.AreEquivalent(Enumerable.Range(0, 10).Select(u => $"user{u:D5}").ToArray(), Open().UserIds("v1").ToArray());
        var tag = Open().Tag("v1");

        long rows = store.Forget(
            before with { Rows = before.Rows - 6, Users = before.Users - 2, ManifestSha256 = "after", Forgotten = 2 }, ["user00003", "user00007", "nobody"]);
        store.Erase();

        Assert.AreEqual(6, rows);
        var after = Open().Find("v1")!;
        Assert.AreEqual((before.Rows - 6, before.Users - 2, "after", 2), (after.Rows, after.Users, after.ManifestSha256, after.Forgotten));
        Assert.AreEqual(0, Open().List("user00003", "v1").Count);
        Assert.AreEqual(3, Open().List("user00004", "v1").Count);
        Assert.AreEqual(3, Open().List("user00003", "v2").Count);
        Assert.AreEqual(0, Open().Find("v2")!.Forgotten);
        Assert.HasCount(8, Open().UserIds("v1").ToList());
        Assert.AreNotEqual(tag, Open().Tag("v1"), "answers that were kept are equal no more");
    }
}
