using Recsys.Batch.Pipeline.Places;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class OrdersTests
{
    [TestMethod]
    public void Rows_of_one_order_id_are_an_order_whenever_they_were_written()
    {
        var log = MadeLog.Of(2, [(0, 100, 7, 3), (0, 90_000, 7, 1), (0, 100, 8, 2), (0, 100, 7, 3), (1, 100, 7, 5)]);

        CollectionAssert.AreEqual(new[] { "0@100: 1 3", "0@100: 2", "1@100: 5" }, Words(Orders.Of(log, 6, 30)!));
    }

    [TestMethod]
    public void Without_ids_an_order_ends_where_the_pause_is_longer()
    {
        var log = MadeLog.Of(2, [(0, 1_000, 0, 3), (0, 2_800, 0, 1), (0, 4_601, 0, 2), (1, 4_601, 0, 2)], hasOrders: false);

        CollectionAssert.AreEqual(new[] { "0@1000: 1 3", "0@4601: 2", "1@4601: 2" }, Words(Orders.Of(log, 6, 30)!));
        CollectionAssert.AreEqual(new[] { "0@1000: 3", "0@2800: 1", "0@4601: 2", "1@4601: 2" }, Words(Orders.Of(log, 6, 0)!));
    }

    [TestMethod]
    public void Without_ids_and_time_nobody_knows_the_orders()
    {
        (int, uint, uint, int)[] rows = [(0, 5, 9, 1), (0, 5, 0, 2), (0, 5, 9, 3)];

        Assert.IsNull(Orders.Of(MadeLog.Of(1, rows, hasTime: false, hasOrders: false), 4, 30));
        CollectionAssert.AreEqual(new[] { "0@0: 1 3" }, Words(Orders.Of(MadeLog.Of(1, rows, hasTime: false), 4, 30)!));
    }

    [TestMethod]
    public void Orders_with_an_item_are_ascending()
    {
        var orders = Orders.Of(MadeLog.Of(3, [(2, 1, 1, 0), (0, 9, 1, 0), (1, 5, 1, 1), (0, 2, 2, 0)]), 3, 30)!;

        CollectionAssert.AreEqual(new[] { 0, 1, 3 }, orders.With(0).ToArray());
        Assert.AreEqual(0, orders.With(2).Length);
    }

    private static string[] Words(Orders orders) =>
        [.. Enumerable.Range(0, orders.Count).Select(o => $"{orders.Users[o]}@{orders.Seconds[o]}: {string.Join(' ', orders[o].ToArray())}")];
}
