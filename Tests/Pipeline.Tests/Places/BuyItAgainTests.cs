using System.Globalization;
using Recsys.Batch.Pipeline.Places.BuyItAgain;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class BuyItAgainTests
{
    private static readonly BuyItAgainOptions Options = new() { MinCustomers = 5, PriorPurchases = 1 };

    [TestMethod]
    public void A_regular_is_due_when_the_usual_gap_is_over_and_comes_first()
    {
        // Item 0 is bought every ten days by all; item 1 by everybody once. User 0 stopped buying item 2 long ago.
        var rows = Regulars(users: 40, item: 0, gap: 10, times: 9).ToList();
        rows.AddRange(Enumerable.Range(0, 40).Select(u => (u, 80 * MadeLog.Day, 0u, 1)));
        rows.AddRange(Regulars(users: 40, item: 2, gap: 10, times: 3));

        var (made, note) = MadeLog.Made(
            new BuyItAgainPlace(new BuyItAgainOptions { MinRepeatShare = 0.3 }), MadeLog.Inputs(MadeLog.Of(40, rows), 3));

        string[] first = [.. made.Where(r => r.StartsWith("u0 ", StringComparison.Ordinal))];
        Assert.HasCount(2, first, "what nobody buys again is left out");
        string[] best = first[0].Split(' ');
        Assert.AreEqual(("i0", "1970-04-01"), (best[2], best[3]), "the last purchase was on day 80");
        Assert.AreEqual("i2", first[1].Split(' ')[2]);
        Assert.IsLessThan(Score(first[0]), Score(first[1]));
        StringAssert.Contains(note, "2 items are bought again, by 40 customers");
    }

    [TestMethod]
    public void A_single_purchase_waits_for_the_items_usual_gap()
    {
        var rows = Regulars(users: 40, item: 0, gap: 20, times: 5).Append((40, 80 * MadeLog.Day, 0u, 0));
        var log = MadeLog.Of(41, rows);
        var clock = RepeatClock.Of(log, 1, Options);

        Assert.AreEqual(20, clock.Gaps[0], 1e-9);
        Assert.AreEqual(100, clock.Due(new PairDays(0, 1, 80, 80)));
        // One who buys every forty days draws the twenty towards forty.
        Assert.AreEqual(80 + (40 + 20) / 2, clock.Due(new PairDays(0, 2, 40, 80)));
    }

    [TestMethod]
    public void One_purchase_of_last_week_is_no_weekly_customer()
    {
        // All come every twenty days; one customer has come once, a day ago.
        var log = MadeLog.Of(41, Regulars(users: 40, item: 0, gap: 20, times: 5).Append((40, 79 * MadeLog.Day, 0u, 0)));
        var clock = RepeatClock.Of(log, 1, Options);

        double regular = clock.Score(new PairDays(0, 5, 0, 80)), once = clock.Score(new PairDays(0, 1, 79, 79));
        Assert.AreEqual(clock.Shares[0] * (1 - Math.Exp(-28 * (4 + 1) / (80 + 20.0))), regular, 1e-12);
        Assert.IsLessThan(regular, once);
    }

    [TestMethod]
    public void Two_purchases_of_one_day_are_no_repeat()
    {
        var rows = Enumerable.Range(0, 40).SelectMany(u => new[] { (u, 100u, 1u, 0), (u, 5_000u, 2u, 0) });

        var (made, note) = MadeLog.Made(new BuyItAgainPlace(Options), MadeLog.Inputs(MadeLog.Of(40, rows), 1));

        Assert.IsEmpty(made);
        StringAssert.Contains(note, "no item of 5 customers or more is bought again by 10");
    }

    [TestMethod]
    public void Without_time_it_says_so()
    {
        var inputs = MadeLog.Inputs(MadeLog.Of(1, [(0, 1, 1, 0)], hasTime: false), 1);
        StringAssert.Contains(new BuyItAgainPlace(Options).Lacks(inputs), "column Time");
        StringAssert.Contains(new BuyItAgainPlace(new BuyItAgainOptions { Count = 0 }).Lacks(inputs), "Places:BuyItAgain:Count");
    }

    [TestMethod]
    public void Rows_are_the_same_at_any_number_of_threads()
    {
        var inputs = MadeLog.Inputs(MadeLog.Of(50, MadeLog.Chance(3_000, 30, 6, seed: 2)), 30);
        var place = new BuyItAgainPlace(Options);
        var one = MadeLog.Made(place, inputs, threads: 1).Rows;

        Assert.IsGreaterThan(100, one.Length);
        CollectionAssert.AreEqual(one, MadeLog.Made(place, inputs, threads: 3).Rows);
        string[] users = [.. one.Select(r => r.Split(' ')[0]).Distinct()];
        CollectionAssert.AreEqual(users.Order(StringComparer.Ordinal).ToArray(), users);
    }

    private static IEnumerable<(int, uint, uint, int)> Regulars(int users, int item, int gap, int times) =>
        from u in Enumerable.Range(0, users)
        from t in Enumerable.Range(0, times)
        select (u, (uint)(t * gap) * MadeLog.Day, 0u, item);

    private static double Score(string row) => double.Parse(row.Split(' ')[^1], CultureInfo.InvariantCulture);
}
