using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>What every engine of the output tables must do. An engine's class names how it is opened.</summary>
internal abstract class OutputStoreContract
{
    private readonly IdMap _users = SampleLists.Ids("user", 10);
    private readonly IdMap _items = SampleLists.Ids("item", 30);

    protected abstract IOutputStore Open(FencingToken? fence = null);

    /// <summary>The ledger that lies beside the tables.</summary>
    protected abstract OperationsLedger Operations();

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
        Assert.AreEqual(
            (VersionState.Current, 30L, 10L, "sum", "2010-12-01", 0.25),
            (version.State, version.Rows, version.Users, version.ManifestSha256, version.WindowFrom, version.Metrics["ndcg@10"]));
    }

    [TestMethod]
    public void A_version_says_what_it_is_a_delta_of()
    {
        var store = Open();
        Put(store, "v1", 1);
        var delta = SampleLists.Version("v2") with { Base = "v1" };
        using (var tables = store.Stage(delta)) tables.Complete(delta);
        store.Reject(SampleLists.Version("v3") with { State = VersionState.Rejected, Base = "v2" });

        Assert.AreEqual((null, "v1", "v2"), (Open().Find("v1")!.Base, Open().Find("v2")!.Base, Open().Find("v3")!.Base));
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
    public void A_rollback_marks_what_came_after_until_it_is_current_again()
    {
        var store = Open();
        for (int night = 1; night <= 3; night++)
        {
            Put(store, $"v{night}", night);
            store.Switch($"v{night}");
        }
        string RolledBack() => string.Join(' ', Open().Versions().Where(v => v.RolledBack).Select(v => v.Version));

        store.Switch("v2");
        Assert.AreEqual("", RolledBack());
        store.Switch("v1", isRollback: true);
        Assert.AreEqual("v3 v2", RolledBack());
        store.Switch("v2", isRollback: true);
        Assert.AreEqual("v3", RolledBack());
        store.Switch("v3");
        Assert.AreEqual("", RolledBack());
    }

    [TestMethod]
    public void A_rollback_marks_the_version_it_leaves_though_that_is_older()
    {
        var store = Open();
        for (int night = 1; night <= 2; night++) Put(store, $"v{night}", night);
        string RolledBack() => string.Join(' ', Open().Versions().Where(v => v.RolledBack).Select(v => v.Version));

        store.Switch("v2");
        // A night whose lists are those of v1.
        store.Switch("v1");
        store.Switch("v2", isRollback: true);
        Assert.AreEqual("v1", RolledBack());
        store.Switch("v2", isRollback: true);
        Assert.AreEqual("v1", RolledBack(), "the current version is never marked");
        Put(store, "v3", 3);
        store.Switch("v3");
        store.Switch("v2", isRollback: true);
        Assert.AreEqual("v3 v1", RolledBack());
        store.Switch("v3", isRollback: true);
        Assert.AreEqual("", RolledBack(), "forward again");
    }

    [TestMethod]
    public void A_staged_leftover_is_replaced_by_the_next_attempt()
    {
        var store = Open();
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 10, 3, night: 5, items: 30), _users, _items);
            tables.Append(Array.Empty<SegmentEntry>());
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
    public void A_rejected_version_is_kept_without_rows_and_replaces_no_complete_one()
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
            tables.Append(Array.Empty<SegmentEntry>());
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

    [TestMethod]
    public void A_writer_whose_lease_was_taken_over_can_change_nothing()
    {
        Put(Open(), "v1", 1);
        var first = Operations().TryAcquire("writer", "host a", TimeSpan.Zero)!;
        var paused = Open(new FencingToken(first.Name, first.Token));
        Put(paused, "v2", 2);
        using var staged = paused.Stage(SampleLists.Version("v3"));
        staged.Append(SampleLists.Block(0, 10, 3, 3, items: 30), _users, _items);
        var second = Operations().TryAcquire("writer", "host b", TimeSpan.FromMinutes(1))!;

        foreach (var write in (Action[])
        [
            () => paused.Switch("v1"), () => paused.Stage(SampleLists.Version("v4")), () => paused.Delete("v1"), () => paused.Reject(SampleLists.Version("v4")),
            () => paused.SaveTitles([new ItemTitle("a", null, null, null)]), () => staged.Complete(SampleLists.Version("v3")),
        ])
            StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(write).Message, "took over the lease 'writer'");

        Assert.AreEqual("v2", Open().Current);
        Assert.AreEqual(VersionState.Staged, Open().Find("v3")!.State);
        Put(Open(new FencingToken(second.Name, second.Token)), "v3", 3);
        Assert.AreEqual("v3", Open().Current);
        Assert.AreEqual(0, Open().Titles(["a"]).Count);
    }

    private void Put(IOutputStore store, string version, int night)
    {
        using (var tables = store.Stage(SampleLists.Version(version)))
        {
            tables.Append(SampleLists.Block(0, 10, 3, night, items: 30), _users, _items);
            tables.Append(Array.Empty<SegmentEntry>());
            tables.Complete(SampleLists.Version(version));
        }
        store.Switch(version);
    }
}
