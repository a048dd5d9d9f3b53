using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Evaluate;

/// <summary>What lists give to groups, and a floor under it.</summary>
[TestClass]
internal sealed class GroupMeasurementTests
{
    [TestMethod]
    public void Places_count_by_rank_and_purchases_and_items_stand_beside()
    {
        // Items 0 and 1 of A, 2 and 3 of B, 4 of nobody. Twenty users have 0; all get 2 first and 1 second.
        var figures = Measured([0], [2, 1], [new Grouping("seller", ["A", "A", "B", "B", null])]);

        double first = 1, second = 1 / Math.Log2(3);
        var (a, b) = (Of(figures, "seller", "A"), Of(figures, "seller", "B"));
        Assert.AreEqual(second / (first + second), a.Value, 1e-12);
        Assert.AreEqual(first / (first + second), b.Value, 1e-12);
        Assert.AreEqual((2, 0.4, 1.0), (a.Count, a.CatalogShare, a.PurchaseShare));
        Assert.AreEqual((2, 0.4, 0.0), (b.Count, b.CatalogShare, b.PurchaseShare));
        Assert.AreEqual((b.Value, b.Value), (b.Low, b.High), "all lists are alike");
        Assert.AreEqual(first / (first + second), Of(figures, "popularity", "never bought").Value - second / (first + second), 1e-12);
    }

    [TestMethod]
    public void Bands_of_popularity_are_thirds_of_the_purchases()
    {
        // Of 0 to 2 are 20 purchases each, so each is a third.
        var figures = Measured([0, 1, 2], [3], []);

        Assert.AreEqual(
            "best sellers 1, middle 1, long tail 1, never bought 2",
            string.Join(", ", ((string[])["best sellers", "middle", "long tail", "never bought"]).Select(g => $"{g} {Of(figures, "popularity", g).Count}")));
    }

    [TestMethod]
    public void Accuracy_is_told_by_group_with_an_interval_of_its_users()
    {
        float[] ndcg = [.. Enumerable.Range(0, 20).Select(u => u % 2 == 0 ? 1f : 0f)];
        var figures = new GroupMeasurement(HoldOut(20, [0]), null, [.. Enumerable.Range(0, 20)], _ => (int[])[1], [("ndcg", ndcg)])
            .Run([], [new Grouping("country", [.. Enumerable.Range(0, 20).Select(u => u < 12 ? "even" : u == 12 ? "alone" : null)])], [2]);

        var country = figures.Single(f => f.By == "country");
        Assert.AreEqual(("even", 12, 0.5), (country.Group, country.Count, country.Value), "of one customer nothing is said");
        Assert.AreEqual(0.5 - 1.959964 * Math.Sqrt(3.0 / 11 / 12), country.Low, 1e-9);
        Assert.AreEqual("0 to 1 items", figures.Single(f => f.By == "activity").Group);
    }

    [TestMethod]
    [DataRow("popularity", "never bought", 0.5, ConstraintLevel.Pass)]
    [DataRow("Popularity", "never bought", 0.7, ConstraintLevel.Fail)]
    [DataRow("seller", "A", 0.1, ConstraintLevel.Warn)]
    public void A_floor_under_a_share_stops_the_run(string by, string group, double share, ConstraintLevel expected)
    {
        var report = new EvaluationReport
        {
            Serving = "als",
            Cut = 0,
            TestUsers = 100,
            TestUsersWithoutHistory = 0,
            Sizes = [],
            Differences = [],
            Metrics = [new MetricValue("als", Slices.New, "ndcg@10", 0.1, 0.1, 0.1, 100)],
            Groups = [new GroupFigure(GroupFigures.Exposure, "popularity", "never bought", 7, 0.6, 0.55, 0.65, 0.5, 0)],
        };

        var result = ModelGate.Check(report, new EvaluateOptions { ExposureFloors = [new ExposureFloor { By = by, Group = group, Share = share }] })
            .Single(r => r.Name == $"exposure.{by}.{group}");

        Assert.AreEqual(expected, result.Level, result.Message);
        if (expected == ConstraintLevel.Warn) StringAssert.Contains(result.Message, "there are popularity 'never bought'");
    }

    private static GroupFigure Of(IReadOnlyList<GroupFigure> figures, string by, string group) => figures.Single(f => f.By == by && f.Group == group);

    private static IReadOnlyList<GroupFigure> Measured(int[] bought, int[] list, IReadOnlyList<Grouping> items) =>
        new GroupMeasurement(HoldOut(20, bought), null, [.. Enumerable.Range(0, 20)], _ => list, []).Run(items, [], [5]);

    /// <summary>Users who all have the same items, of five.</summary>
    private static HoldOut HoldOut(int users, int[] bought)
    {
        int[] pointers = [.. Enumerable.Range(0, users + 1).Select(u => u * bought.Length)];
        int[] indices = [.. Enumerable.Range(0, users).SelectMany(_ => bought)];
        var rows = new SparseRows(users, 5, pointers, indices, [.. indices.Select(_ => 1f)]);
        var none = new SparseRows(users, 5, new int[users + 1], [], []);
        return new HoldOut(new InteractionMatrix(rows, null), none, 0);
    }
}
