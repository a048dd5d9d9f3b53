using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.Runs.Delta;

[TestClass]
internal sealed class NightModelTests
{
    private static readonly InteractionMatrix Old = Matrix(3, (0, 0, 1f), (0, 1, 1f), (1, 1, 1f), (1, 2, 1f), (2, 0, 1f));

    // User 1 bought item 3, user 3 came with items 0 and 4.
    private static readonly InteractionMatrix New = Matrix(5, (0, 0, 1f), (0, 1, 1f), (1, 1, 1f), (1, 2, 1f), (1, 3, 7f), (2, 0, 1f), (3, 0, 2f), (3, 4, 1f));

    private static InteractionMatrix Matrix(int items, params (int User, int Item, float Value)[] pairs) => new(
        SparseRows.FromTriplets(
            pairs.Max(p => p.User) + 1, items, [.. pairs.Select(p => p.User)], [.. pairs.Select(p => p.Item)], [.. pairs.Select(p => p.Value)]),
        [.. pairs.OrderBy(p => (p.User, p.Item)).Select((_, k) => (uint)(100 + k))]);

    private static CatalogModel Model(int items) =>
        CatalogModel.Of(new AlsTrainer(new AlsOptions { Rank = 4, Iterations = 2 }).Train(Old, StageContext.Quiet(1)), items);

    [TestMethod]
    public void A_history_is_cut_to_items_of_the_model_and_users_that_are_asked_for()
    {
        var history = Model(5).HistoryOf(New, [1, 3]);

        Assert.AreEqual((4, 3, 3), (history.Users, history.Items, history.Count));
        Assert.AreEqual(0, history.ByUser.RowLength(0));
        CollectionAssert.AreEqual(new[] { 1, 2 }, history.ByUser.RowIndices(1).ToArray());
        CollectionAssert.AreEqual(new uint[] { 102, 103 }, history.UserLastSeen(1).ToArray());
        CollectionAssert.AreEqual(new[] { 2f }, history.ByUser.RowValues(3).ToArray());
        Assert.AreEqual(3, Model(5).Trained.ScorerFor(history, StageContext.Quiet(1)).Items);
    }

    [TestMethod]
    public void In_a_night_the_model_gets_the_matrix_itself() => Assert.AreSame(Old, Model(3).HistoryOf(Old, null));

    [TestMethod]
    public void An_item_younger_than_the_model_has_a_row_of_zeros_and_is_on_no_list()
    {
        var model = Model(5);
        var space = model.ItemEmbeddings!;

        Assert.AreEqual((5, 3), (space.Items, model.Known));
        for (int item = 0; item < 3; item++)
            CollectionAssert.AreEqual(model.Trained.ItemEmbeddings!.Vectors.Row(item).ToArray(), space.Vectors.Row(item).ToArray());
        Assert.IsFalse(space.Vectors.Row(3).ContainsAnyExcept(0f) || space.Vectors.Row(4).ContainsAnyExcept(0f));
        CollectionAssert.AreEqual(new[] { true, false, true }, model.Listable([true, false, true, true, true]));
        Assert.AreEqual((0, 2, 3), (model.KnownIn([3, 4]), model.KnownIn([0, 2, 3]), model.KnownIn([0, 1, 2])));
    }

    [TestMethod]
    public void A_model_that_knows_more_items_than_there_are_is_refused()
    {
        var refused = Assert.ThrowsExactly<RunFailedException>(() => Model(2));
        StringAssert.Contains(refused.Message, "knows 3 items, the catalog has 2");
    }
}
