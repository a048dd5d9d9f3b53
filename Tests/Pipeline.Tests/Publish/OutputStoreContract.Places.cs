using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Publish;

internal abstract partial class OutputStoreContract
{
    [TestMethod]
    public void Rows_of_a_place_come_by_key_with_titles_and_go_with_their_version()
    {
        var store = Open();
        store.SaveTitles([new ItemTitle("b", "Bee", null, null)]);
        PutPlaces(store, "v1", score: 0.5);
        Assert.IsNull(Open().ReadPlace(PlaceTables.CartComplements, "a"), "it is not current yet");
        store.Switch("v1");
        PutPlaces(store, "v2", score: 0.75);
        store.Switch("v2");

        var read = Open().ReadPlace(PlaceTables.CartComplements, "a")!;
        Assert.AreEqual(("v2", 2, "Bee"), (read.Version, read.Rows.Count, read.Titles["b"].Title));
        CollectionAssert.AreEqual(new object[] { "a", 1, "b", 0.75, 7, 2.5, 1e-300 }, read.Rows[0].Values.ToArray());
        Assert.AreEqual(("c'\0\"", 2, 0.25), (read.Rows[1].ItemId, read.Rows[1].Rank, read.Rows[1].Score));
        Assert.AreEqual(0.5, Open().ReadPlace(PlaceTables.CartComplements, "a", "v1")!.Rows[0].Score);
        Assert.IsNull(store.ReadPlace(PlaceTables.CartComplements, "'; DROP TABLE versions; --"));
        CollectionAssert.AreEqual(new[] { "a" }, store.PlaceKeys(PlaceTables.CartComplements, 1).ToArray());
        CollectionAssert.AreEqual(new[] { "a", "b" }, store.PlaceKeys(PlaceTables.CartComplements, 9).ToArray());

        store.Delete("v1");
        Assert.IsNull(Open().ReadPlace(PlaceTables.CartComplements, "a", "v1"));
        Assert.AreEqual(2, Open().ReadPlace(PlaceTables.CartComplements, "a")!.Rows.Count);
    }

    [TestMethod]
    public void A_version_without_rows_of_a_place_has_none_and_nothing_fails()
    {
        var store = Open();
        Put(store, "v1", 1);

        foreach (var table in PlaceTables.All)
        {
            Assert.IsNull(store.ReadPlace(table, "a"), table.Name);
            Assert.AreEqual(0, store.PlaceKeys(table, 5).Count, table.Name);
            if (table.NamesUsers) Assert.AreEqual(0, store.UserIds(table, "v1").Count(), table.Name);
        }
        store.Forget(store.Find("v1")! with { Forgotten = 1 }, ["user00003"]);
        store.Erase();
        store.Switch("v1");
        Assert.AreEqual(0, store.List("user00003").Count);
    }

    [TestMethod]
    public void A_key_has_a_list_of_each_kind()
    {
        var store = Open();
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(
                PlaceTables.SegmentLists,
                PlaceColumns.Of(
                    PlaceTables.SegmentLists, ["all", "new", 1, "a", 3.0], ["all", "popular", 1, "a", 9.0], ["all", "popular", 2, "b", 8.0],
                    ["country='\0--", "popular", 1, "b", 7.0]),
                4);
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        var all = Open().ReadPlace(PlaceTables.SegmentLists, "all")!;
        Assert.AreEqual("new 1 a, popular 1 a, popular 2 b", string.Join(", ", all.Rows.Select(r => $"{r["kind"]} {r.Rank} {r.ItemId}")));
        Assert.AreEqual(7, Open().ReadPlace(PlaceTables.SegmentLists, "country='\0--")!.Rows.Single().Score);
        CollectionAssert.AreEqual(new[] { "all", "country='\0--" }, store.PlaceKeys(PlaceTables.SegmentLists, 9).ToArray());
    }

    [TestMethod]
    public void Rows_of_the_forgotten_go_from_places_too()
    {
        var store = Open();
        PutPlaces(store, "v1", 0.5);
        PutPlaces(store, "v2", 0.5);
        CollectionAssert.AreEqual(new[] { "ann", "bob" }, store.UserIds(PlaceTables.BuyItAgain, "v1").Order(StringComparer.Ordinal).ToArray());

        store.Forget(store.Find("v1")! with { Forgotten = 1 }, ["bob"]);
        store.Erase();

        Assert.IsNull(store.ReadPlace(PlaceTables.BuyItAgain, "bob", "v1"));
        Assert.AreEqual("2011-12-24", store.ReadPlace(PlaceTables.BuyItAgain, "ann", "v1")!.Rows.Single()["due"]);
        Assert.IsNotNull(store.ReadPlace(PlaceTables.BuyItAgain, "bob", "v2"));
        CollectionAssert.AreEqual(new[] { "ann" }, store.UserIds(PlaceTables.PromotionAudience, "v1").ToArray());
        Assert.AreEqual("ann", store.ReadPlace(PlaceTables.PromotionAudience, "cups", "v1")!.Rows.Single()["user_id"]);
        Assert.AreEqual(2, store.ReadPlace(PlaceTables.PromotionAudience, "cups", "v2")!.Rows.Count);
        Assert.AreEqual(2, store.ReadPlace(PlaceTables.CartComplements, "a", "v1")!.Rows.Count);
    }

    private static void PutPlaces(IOutputStore store, string version, double score)
    {
        using var tables = store.Stage(SampleLists.Version(version));
        tables.Append(
            PlaceTables.CartComplements,
            PlaceColumns.Of(PlaceTables.CartComplements, ["a", 1, "b", score, 7, 2.5, 1e-300], ["a", 2, "c'\0\"", 0.25, 3, 1.5, 0.01]), 2);
        tables.Append(PlaceTables.CartComplements, PlaceColumns.Of(PlaceTables.CartComplements, ["b", 1, "a", score, 7, 2.5, 1e-300]), 1);
        tables.Append(
            PlaceTables.BuyItAgain, PlaceColumns.Of(PlaceTables.BuyItAgain, ["ann", 1, "a", "2011-12-24", 0.5], ["bob", 1, "b", "2011-12-25", 0.25]), 2);
        tables.Append(
            PlaceTables.PromotionAudience, PlaceColumns.Of(PlaceTables.PromotionAudience, ["cups", 1, "b", 0.5, "bob"], ["cups", 2, "a", 0.25, "ann"]), 2);
        tables.Complete(SampleLists.Version(version));
    }
}
