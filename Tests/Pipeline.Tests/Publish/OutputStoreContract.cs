using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>What every engine of the output tables must do. An engine's class names how it is opened.</summary>
internal abstract partial class OutputStoreContract
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
