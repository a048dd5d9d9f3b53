using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Publish.Sqlite;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>What every engine of the output tables must do. An engine's class names how it is opened.</summary>
public abstract class OutputStoreContract
{
    private readonly IdMap _users = SampleLists.Ids("user", 10);
    private readonly IdMap _items = SampleLists.Ids("item", 30);

    protected abstract IOutputStore Open();

    [TestMethod]
    public void A_staged_version_is_out_of_sight_until_it_is_switched_to()
    {
        var store = Open();
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 10, 3, night: 1, items: 30), _users, _items);
            Assert.AreEqual(0, Open().List("user00001").Count);
            Assert.AreEqual(0, Open().List("user00001", "v1").Count);
            tables.Append([new SegmentEntry("all", 1, "item00007", 0.5)]);
            tables.Complete(SampleLists.Version("v1") with { Rows = 30, Users = 10, ManifestSha256 = "sum" });
        }
        Assert.IsNull(store.Current);
        store.Switch("v1");

        Assert.AreEqual("v1", Open().Current);
        var list = Open().List("user00001");
        CollectionAssert.AreEqual(new[] { "item00002", "item00003", "item00004" }, list.Select(e => e.ItemId).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, list.Select(e => e.Rank).ToArray());
        Assert.AreEqual(("because_you_bought", "cf", 1.0), (list[0].ReasonCode, list[0].Source, list[0].Propensity));
        CollectionAssert.AreEqual(new[] { "item00003", "item00004" }, list[0].ReasonItems.ToArray());
        Assert.AreEqual(1f / 2, list[1].Score);
        Assert.AreEqual(new SegmentEntry("all", 1, "item00007", 0.5), Open().SegmentDefaults().Single());
        var version = store.Find("v1")!;
        Assert.AreEqual((VersionState.Current, 30L, 10L, "sum", "2010-12-01", 0.25), (version.State, version.Rows, version.Users, version.ManifestSha256, version.WindowFrom, version.Metrics["ndcg@10"]));
    }

    [TestMethod]
    public void Switching_retires_the_version_before_and_both_can_be_read_by_name()
    {
        var store = Open();
        Put(store, "v1", 1);
        Put(store, "v2", 2);

        Assert.AreEqual("v2", store.Current);
        Assert.AreEqual(VersionState.Retired, store.Find("v1")!.State);
        Assert.AreEqual("item00001", store.List("user00000", "v1")[0].ItemId);
        Assert.AreEqual("item00002", store.List("user00000")[0].ItemId);
        CollectionAssert.AreEqual(new[] { "v2", "v1" }, store.Versions().Select(v => v.Version).ToArray());
        store.Switch("v1");
        Assert.AreEqual("v1", store.Current);
    }

    [TestMethod]
    public void Only_complete_versions_can_be_switched_to()
    {
        var store = Open();
        Put(store, "v1", 1);
        store.Stage(SampleLists.Version("v2")).Dispose();
        store.Reject(SampleLists.Version("v3"));

        foreach (string version in new[] { "v2", "v3", "v4" })
            StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => store.Switch(version)).Message, version);
        Assert.AreEqual("v1", store.Current);
    }

    [TestMethod]
    public void A_staged_leftover_is_replaced_by_the_next_attempt()
    {
        var store = Open();
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 10, 3, night: 5, items: 30), _users, _items);
            tables.Append([]);
        }
        Put(store, "v1", 1);

        Assert.AreEqual("item00001", store.List("user00000")[0].ItemId);
        Assert.AreEqual(3, store.List("user00000").Count);
    }

    [TestMethod]
    public void The_current_version_is_never_deleted_and_others_go_with_their_rows()
    {
        var store = Open();
        Put(store, "v1", 1);
        Put(store, "v2", 2);
        Assert.ThrowsExactly<ConfigurationException>(() => store.Delete("v2"));
        store.Delete("v1");

        Assert.IsNull(store.Find("v1"));
        Assert.AreEqual(0, store.List("user00000", "v1").Count);
        Assert.AreEqual(3, store.List("user00000").Count);
    }

    [TestMethod]
    public void A_rejected_version_is_kept_without_rows_and_never_replaces_a_complete_one()
    {
        var store = Open();
        Put(store, "v1", 1);
        store.Reject(SampleLists.Version("v2"));
        store.Reject(SampleLists.Version("v1"));

        Assert.AreEqual(VersionState.Rejected, store.Find("v2")!.State);
        Assert.AreEqual(VersionState.Current, store.Find("v1")!.State);
    }

    [TestMethod]
    public void Lists_come_user_by_user_in_the_order_of_their_ids()
    {
        var store = Open();
        var users = new IdMap();
        foreach (string id in new[] { "b", "é", "a" }) users.Add(id);
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 3, 2, night: 0, items: 30), users, _items);
            tables.Append([]);
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        var lists = store.Lists("v1").ToArray();
        CollectionAssert.AreEqual(new[] { "a", "b", "é" }, lists.Select(l => l.UserId).ToArray());
        CollectionAssert.AreEqual(new[] { "item00002", "item00003" }, lists[0].ItemIds.ToArray());
    }

    [TestMethod]
    public void Ids_with_quotes_and_other_letters_come_back_as_they_were()
    {
        var store = Open();
        var users = new IdMap();
        users.Add("o'neil\"\\ ü 😀");
        var items = new IdMap();
        foreach (string id in new[] { "a\"b", "c\\d", "é😀" }) items.Add(id);
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 1, 3, night: 0, items: 3), users, items);
            tables.Append([]);
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        var list = store.List("o'neil\"\\ ü 😀");
        CollectionAssert.AreEqual(new[] { "a\"b", "c\\d", "é😀" }, list.Select(e => e.ItemId).ToArray());
        CollectionAssert.AreEqual(new[] { "é😀", "a\"b" }, list[2].ReasonItems.ToArray());
    }

    [TestMethod]
    public void Titles_are_added_and_replaced()
    {
        var store = Open();
        store.SaveTitles([new ItemTitle("a", "Old", null, null), new ItemTitle("b", null, "x/y", 2.5)]);
        store.SaveTitles([new ItemTitle("a", "New", null, 1)]);

        var titles = store.Titles(["a", "b", "c"]);
        Assert.AreEqual(2, titles.Count);
        Assert.AreEqual(new ItemTitle("a", "New", null, 1), titles["a"]);
        Assert.AreEqual(new ItemTitle("b", null, "x/y", 2.5), titles["b"]);
    }

    private void Put(IOutputStore store, string version, int night)
    {
        using (var tables = store.Stage(SampleLists.Version(version)))
        {
            tables.Append(SampleLists.Block(0, 10, 3, night, items: 30), _users, _items);
            tables.Append([]);
            tables.Complete(SampleLists.Version(version));
        }
        store.Switch(version);
    }
}

[TestClass]
public sealed class SqliteOutputStoreTests : OutputStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override IOutputStore Open() => new SqliteOutputStore(new SqliteDatabase(_folder.File("recsys.db")));
}
