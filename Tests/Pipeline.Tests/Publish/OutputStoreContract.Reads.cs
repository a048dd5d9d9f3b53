using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>What readers get of the output tables.</summary>
internal abstract partial class OutputStoreContract
{
    [TestMethod]
    public void Lists_come_user_by_user_in_the_order_of_their_ids()
    {
        var store = Open();
        var users = new IdMap();
        foreach (string id in new[] { "b", "é", "a" }) users.Add(id);
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 3, 2, night: 0, items: 30), users, _items);
            tables.Append(Array.Empty<SegmentEntry>());
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        var lists = store.Lists("v1").ToArray();
        CollectionAssert.AreEqual(new[] { "a", "b", "é" }, lists.Select(l => l.UserId).ToArray());
        CollectionAssert.AreEqual(new[] { "item00002", "item00003" }, lists[0].ItemIds.ToArray());
    }

    [TestMethod]
    public void Features_that_carried_an_entry_come_back_and_are_null_elsewhere()
    {
        var store = Open();
        Put(store, "v1", 1);
        using (var tables = store.Stage(SampleLists.Version("v2")))
        {
            tables.Append(SampleLists.Ranked(SampleLists.Block(0, 10, 3, night: 2, items: 30)), _users, _items);
            tables.Append(Array.Empty<SegmentEntry>());
            tables.Complete(SampleLists.Version("v2"));
        }
        store.Switch("v2");

        Assert.AreEqual("score 1.25 | 0; none; score 1.25, o'neil\"s <b> 0.625, text 0.417 | -0.5", Spelled(store.List("user00004")));
        Assert.AreEqual("none; none; none", Spelled(store.List("user00004", "v1")), "a version that no ranker ranked");
        store.Switch("v1", isRollback: true);
        Assert.AreEqual("none; none; none", Spelled(Open().List("user00004")));

        static string Spelled(IReadOnlyList<ListEntry> list) => string.Join("; ", list.Select(e => e.Features is not { } f
            ? "none"
            : FormattableString.Invariant($"{string.Join(", ", f.Strongest.Select(s => FormattableString.Invariant($"{s.Name} {s.Share}")))} | {f.Others}")));
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
            tables.Append(Array.Empty<SegmentEntry>());
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        var list = store.List("o'neil\"\\ ü 😀");
        CollectionAssert.AreEqual(new[] { "a\"b", "c\\d", "é😀" }, list.Select(e => e.ItemId).ToArray());
        CollectionAssert.AreEqual(new[] { "é😀", "a\"b" }, list[2].ReasonItems.ToArray());
    }

    [TestMethod]
    public void Ids_and_titles_with_a_nul_or_its_symbol_come_back_and_stay_apart()
    {
        var store = Open();
        string[] ids = ["a", "a\0", "a\0b", "a␀", "a␀0", "a␀␀", "\0"];
        var users = new IdMap();
        var items = new IdMap();
        foreach (string id in ids)
        {
            users.Add(id);
            items.Add(id);
        }
        store.SaveTitles(ids.Select(id => new ItemTitle(id, "Title of " + id, id, null)));
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, ids.Length, 2, night: 0, items: ids.Length), users, items);
            tables.Append([new SegmentEntry("all", 1, "a\0b", 1)]);
            tables.Append([new NeighborEntry("a\0", 1, "a␀", 1, "cf"), new NeighborEntry("a␀0", 1, "a\0b", 1, "cf")]);
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        for (int u = 0; u < ids.Length; u++)
        {
            var list = store.Read(ids[u])!;
            CollectionAssert.AreEqual(new[] { ids[u], ids[(u + 1) % ids.Length] }, list.Entries.Select(e => e.ItemId).ToArray());
            Assert.AreEqual(new ItemTitle(ids[u], "Title of " + ids[u], ids[u], null), list.Titles[ids[u]]);
        }
        CollectionAssert.AreEquivalent(ids, store.Lists("v1").Select(l => l.UserId).ToArray());
        Assert.AreEqual("a\0b", store.SegmentDefaults().Single().ItemId);
        Assert.AreEqual("a␀", store.Neighbors("a\0").Single().NeighborId);
        Assert.AreEqual("a\0b", store.Neighbors("a␀0").Single().NeighborId);
        Assert.IsNull(store.Read("lone \ud800 surrogate"));
        Assert.IsNull(store.Find("v\0"));
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

        // A category that was predicted is another statement than the shop's own of that name.
        store.SaveTitles([new ItemTitle("b", null, "x/y", 2.5, 0.875)]);
        Assert.AreEqual(0.875, store.Titles(["b"])["b"].CategoryConfidence);
        Assert.AreEqual(0.875, store.SearchItems("b", 5).Single(t => t.ItemId == "b").CategoryConfidence);
    }

    [TestMethod]
    public void Tag_of_a_version_tells_what_was_said_anew_of_its_items()
    {
        var store = Open();
        store.SaveTitles([new ItemTitle("item00002", "Two", "x", 2)]);
        Put(store, "v1", 1);
        string user = "user00000";
        string item = store.List(user)[0].ItemId;
        store.SaveTitles([new ItemTitle(item, "Mug", "x", 2)]);
        Assert.AreEqual("v1+1", store.Tag()!.ToString());
        var before = store.Read(user)!;

        store.SaveTitles([new ItemTitle(item, "Mug", "x", 2)]);
        Assert.AreEqual(before.Tag, store.Tag(), "what was said again changed nothing");
        ItemTitle[] anew = [new(item, "Mug", "x", 3), new(item, "Red mug", "x", 3), new(item, "Red mug", "y", null)];
        for (int n = 2; n <= 4; n++)
        {
            var said = anew[n - 2];
            store.SaveTitles([said]);
            Assert.AreEqual(new VersionTag("v1", n), store.Tag());
            var list = store.Read(user)!;
            Assert.AreEqual((new VersionTag("v1", n), said), (list.Tag, list.Titles[item]));
        }

        Put(store, "v2", 2);
        Assert.AreEqual("v2", store.Tag()!.ToString(), "of a version that was just switched to everything is new");
        Assert.AreEqual("v1+4", store.Tag("v1")!.ToString());
        store.Switch("v1", isRollback: true);
        store.Switch("v2");
        store.SaveTitles([new ItemTitle(item, "Mug", "x", 2)]);
        Assert.AreEqual(("v2+1", "v1+5"), (store.Tag()!.ToString(), store.Tag("v1")!.ToString()));
        Assert.IsNull(store.Tag("v3"));
    }

    [TestMethod]
    public void A_list_comes_with_its_version_and_its_titles()
    {
        var store = Open();
        Assert.IsNull(store.Read("user00001"), "nothing is published");
        store.SaveTitles(
            [new ItemTitle("item00002", "Two", "x", 2), new ItemTitle("item00003", "Three", null, null), new ItemTitle("item00029", "Elsewhere", null, null)]);
        Put(store, "v1", 1);
        Put(store, "v2", 2);

        var list = store.Read("user00000")!;
        Assert.AreEqual("v2", list.Version);
        CollectionAssert.AreEqual(new[] { "item00002", "item00003", "item00004" }, list.Entries.Select(e => e.ItemId).ToArray());
        CollectionAssert.AreEquivalent(new[] { "item00002", "item00003" }, list.Titles.Keys.ToArray());
        Assert.AreEqual(new ItemTitle("item00002", "Two", "x", 2), list.Titles["item00002"]);
        Assert.AreEqual(("v1", "item00001"), (store.Read("user00000", "v1")!.Version, store.Read("user00000", "v1")!.Entries[0].ItemId));
        Assert.IsNull(store.Read("stranger"));
        Assert.IsNull(store.Read("user00000", "v3"));
    }

    [TestMethod]
    public void A_segment_comes_with_its_version_and_its_titles()
    {
        var store = Open();
        store.SaveTitles([new ItemTitle("item00007", "Seven", null, null)]);
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(
                [new SegmentEntry("all", 1, "item00007", 0.5), new SegmentEntry("all", 2, "item00008", 0.25), new SegmentEntry("new", 1, "item00009", 1)]);
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        var list = store.ReadSegment("all")!;
        Assert.AreEqual(
            ("v1", "item00007,item00008", "Seven"), (list.Version, string.Join(',', list.Entries.Select(e => e.ItemId)), list.Titles["item00007"].Title));
        Assert.IsNull(store.ReadSegment("none"));
    }

    [TestMethod]
    public void Neighbors_come_by_source_and_rank()
    {
        var store = Open();
        NeighborEntry[] rows =
        [
            new("item00001", 1, "item00005", 0.5f, "cf"), new("item00001", 2, "item00006", 0.25f, "cf"), new("item00001", 1, "item00006", 0.75f, "text"),
            new("item00002", 1, "item00001", 1f, "cf"),
        ];
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 10, 3, night: 1, items: 30), _users, _items);
            tables.Append(rows[..2]);
            tables.Append(rows[2..]);
            tables.Complete(SampleLists.Version("v1"));
        }
        store.SaveTitles([new ItemTitle("item00006", "Six", null, null)]);
        Assert.AreEqual(0, store.Neighbors("item00001", "v1").Count(n => n.Source == "none"));
        store.Switch("v1");

        CollectionAssert.AreEqual(rows[..3], store.Neighbors("item00001").ToArray());
        CollectionAssert.AreEqual(rows[..3], store.Neighbors("item00001", "v1").ToArray());
        var read = store.ReadNeighbors("item00001")!;
        Assert.AreEqual(("v1", "Six", 1), (read.Version, read.Titles["item00006"].Title, read.Titles.Count));
        Assert.IsNull(store.ReadNeighbors("item00009"));
        Put(store, "v2", 2);
        store.Delete("v1");
        Assert.AreEqual(0, store.Neighbors("item00001").Count);
    }

    [TestMethod]
    public void Items_are_found_by_words_of_id_title_and_category_in_any_case()
    {
        var store = Open();
        store.SaveTitles(
        [
            new ItemTitle("85123A", "White hanging HEART", "home/decor", 2.5), new ItemTitle("H100", "Heart of wicker", "home", null),
            new ItemTitle("ü%_'", "GRÜN 100% cotton", null, null),
            new ItemTitle("heart", null, null, null),
        ]);

        CollectionAssert.AreEqual(new[] { "heart", "H100", "85123A" }, store.SearchItems("heart", 10).Select(t => t.ItemId).ToArray());
        CollectionAssert.AreEqual(new[] { "85123A" }, store.SearchItems(" HEART  white ", 10).Select(t => t.ItemId).ToArray());
        CollectionAssert.AreEqual(new[] { "ü%_'" }, store.SearchItems("grün %", 10).Select(t => t.ItemId).ToArray());
        Assert.AreEqual(0, store.SearchItems("100%%", 10).Count);
        Assert.AreEqual(1, store.SearchItems("he", 1).Count);
    }

    [TestMethod]
    public void Users_are_found_by_the_start_of_their_id_and_by_an_item_on_their_list()
    {
        var store = Open();
        Put(store, "v1", 1);

        CollectionAssert.AreEqual(new[] { "user00003" }, store.SearchUsers("user00003", 5).ToArray());
        CollectionAssert.AreEqual(new[] { "user00000", "user00001" }, store.SearchUsers("user", 2).ToArray());
        Assert.AreEqual(0, store.SearchUsers("%", 5).Count);
        CollectionAssert.AreEqual(
            new[] { new ItemPosition("user00000", 3, 1f / 3), new ItemPosition("user00001", 2, 1f / 2), new ItemPosition("user00002", 1, 1) },
            store.ListsWith("item00003", 5).ToArray());
        Assert.AreEqual(0, store.ListsWith("item00029", 5).Count);
    }
}
