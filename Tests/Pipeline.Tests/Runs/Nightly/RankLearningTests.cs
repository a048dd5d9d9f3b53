using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Rank;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class RankLearningTests
{
    private const int Users = 600, Items = 100, Candidates = 40;

    [TestMethod]
    public void A_taste_for_a_price_is_learned_and_its_order_serves()
    {
        var report = Learn(cheap: true, RankOptions.Auto);

        Assert.AreEqual(LogisticTraining.Name, report.Algorithm);
        var trial = report.Trial!;
        Assert.IsTrue(trial.Change.Low > 0 && trial.Ndcg > 1.5 * report.Plain, $"{report.Plain} to {trial}");
        Assert.IsGreaterThan(0.7, trial.Auc!.Value);
        StringAssert.StartsWith(report.Effects[0].Name, "price against the user's");
        Assert.IsLessThan(0, report.Effects[0].Effect, "cheaper than usual is bought");
        // Chances that add up to what was bought, of users that were not learned from.
        Assert.AreEqual(1, trial.Expected!.Value / report.Bought, 0.1);
    }

    [TestMethod]
    public void What_is_praised_comes_before_its_twin_that_is_not()
    {
        // Odd items are praised, even ones complained about, by as many; prices and customers are alike, and what is praised is bought.
        var rows = Enumerable.Range(0, 8 * Items).Select(a => new Review(a / 8, a, 1, a / 8 % 2 == 1 ? 5 : 1, null));
        var log = ReviewLog.Of(rows, [.. Enumerable.Range(0, 8 * Items)], new Dictionary<string, int>());
        var said = ItemReviews.Of(log, Items, new ReviewsOptions(), _ => null, StageContext.Quiet(1)).Figures(1);
        var inputs = RankingTests.Inputs(Owned(), RankingTests.Catalog([.. Enumerable.Repeat(5.0, Items)])) with { Reviews = said };

        var report = Learn((item, chance) => (item % 2 == 1 ? 0 : 0.4) + chance, RankOptions.Auto, inputs);

        Assert.AreEqual(LogisticTraining.Name, report.Algorithm);
        Assert.IsGreaterThan(0, report.Effects.Single(e => e.Name == "review sentiment").Effect);
        // In the model's order the complained-about twin stands first.
        var block = new CandidateBlock([5], 2);
        (block.Counts[0], block.Items[0], block.Items[1], block.Scores[0], block.Scores[1]) = (2, 20, 21, 1.001f, 1);
        CollectionAssert.AreEqual(new[] { 21, 20 }, new Reranker(inputs, report.Ranker!, Candidates).Run(block).ItemsOf(0).ToArray());
        var deaf = inputs with { Reviews = null };
        CollectionAssert.DoesNotContain(FeatureRows.Of(deaf).Names, "review sentiment");
        Assert.IsFalse(new Reranker(deaf, report.Ranker!, Candidates).Fits, "a shop without reviews is ranked by another ranker");
    }

    /// <summary>The chance falls with the price until it is 0: chance alone puts the cheapest first, chance times price those in the middle.</summary>
    [TestMethod]
    [DataRow(LogisticTraining.Name)]
    [DataRow(RankOptions.Auto)]
    public void Chance_times_price_earns_more_and_costs_hits(string algorithm)
    {
        double[] prices = Prices();
        var report = Learn(
            (item, chance) => 0.004 * prices[item] + chance, algorithm, RankingTests.Inputs(Owned(), RankingTests.Catalog(prices)),
            objective: RankObjective.Revenue);

        var trial = report.Objective!;
        Assert.IsGreaterThan(0, trial.RevenueChange.Low, trial.ToString());
        Assert.IsLessThan(0, trial.NdcgChange.High, trial.ToString());
        // Chances and prices add up to what was earned by users whom nobody learned from.
        Assert.AreEqual(1, trial.Expected / trial.Revenue, 0.2, trial.ToString());
        Assert.AreEqual(report.Trial!.Ndcg, trial.Ndcg - trial.NdcgChange.Value, 1e-3);

        using var folder = new TempFolder();
        report.Save(folder.File(RankReport.FileName));
        var read = RankReport.Read(folder.File(RankReport.FileName));
        CollectionAssert.AreEqual(report.Chances!.Chances, read.Chances!.Chances);
        var inputs = RankingTests.Inputs(Owned(), RankingTests.Catalog(Prices())) with { ForRevenue = true };
        var block = new CandidateBlock([5], 40);
        block.Counts[0] = 40;
        for (int k = 0; k < 40; k++) (block.Items[k], block.Scores[k]) = (40 + k, 40 - k);
        var likely = new Reranker(inputs, read.Ranker!, Candidates).Run(block);
        var worthy = new Reranker(inputs, read.Ranker!, Candidates, read.Chances).Run(block);
        Assert.IsGreaterThan(Prices()[likely.ItemsOf(0)[0]], Prices()[worthy.ItemsOf(0)[0]]);
        double[] worths = [.. likely.ItemsOf(0).ToArray().Select((item, k) => read.Chances.At(likely.ScoresOf(0)[k]) * Prices()[item])];
        CollectionAssert.AreEqual(
            likely.ItemsOf(0).ToArray().Zip(worths).OrderByDescending(i => i.Second).Take(10).Select(i => i.First).ToArray(),
            worthy.ItemsOf(0)[..10].ToArray());
    }

    /// <summary>The dear half is sold at a loss or for little; what is bought does not go by the margin.</summary>
    [TestMethod]
    public void Chance_times_margin_earns_more_margin_and_less_revenue()
    {
        double[] prices = Prices(), margins = [.. prices.Select((p, i) => i % 10 == 0 ? double.NaN : p > 50 ? -1 : 100 - p)];
        var catalog = RankingTests.Catalog(prices).WithMargins(margins);
        var report = Learn(
            (item, chance) => chance, LogisticTraining.Name, RankingTests.Inputs(Owned(), catalog), objective: RankObjective.Margin);

        var trial = report.Objective!;
        Assert.IsGreaterThan(0, trial.RevenueChange.Low, trial.ToString());
        Assert.IsLessThan(0, trial.ByPricesChange!.Value.High, trial.ToString());
        Assert.IsTrue(report.Effects.Any(e => e.Name == "margin") && report.Effects.All(e => e.Name != "price"));
        using var folder = new TempFolder();
        report.Save(folder.File(RankReport.FileName));
        CollectionAssert.AreEqual(margins, RankReport.Read(folder.File(RankReport.FileName)).Margins);
    }

    [TestMethod]
    public void Margin_without_a_margin_is_a_configuration_that_cannot_be()
    {
        var inputs = RankingTests.Inputs(Owned(), RankingTests.Catalog(Prices()).WithMargins([-1, 0]));
        var e = Assert.ThrowsExactly<ConfigurationException>(() => Learn((item, chance) => chance, RankOptions.Auto, inputs, objective: RankObjective.Margin));
        StringAssert.Contains(e.Message, "Ingest:Items:Columns:Margin");
    }

    [TestMethod]
    public void Where_all_prices_are_one_the_order_for_purchases_stays()
    {
        var inputs = RankingTests.Inputs(Owned(), RankingTests.Catalog([.. Enumerable.Repeat(5.0, Items)]));
        var report = Learn((item, chance) => item + 40 * chance, RankOptions.Auto, inputs, objective: RankObjective.Revenue);
        Assert.IsNull(report.Chances);
        Assert.IsLessThanOrEqualTo(0, report.Objective!.RevenueChange.Low);
    }

    [TestMethod]
    public void Revenue_without_a_price_is_a_configuration_that_cannot_be()
    {
        var inputs = RankingTests.Inputs(Owned(), RankingTests.Catalog([.. Enumerable.Repeat(double.NaN, Items)]));
        var e = Assert.ThrowsExactly<ConfigurationException>(() => Learn((item, chance) => chance, RankOptions.Auto, inputs, objective: RankObjective.Revenue));
        StringAssert.Contains(e.Message, "Ingest:Items:Columns:Price");
    }

    [TestMethod]
    public void A_taste_that_lasts_serves_by_the_later_part_of_the_window()
    {
        var report = Learn(Cheap, RankOptions.Auto, later: Cheap);

        Assert.AreEqual(LogisticTraining.Name, report.Algorithm);
        Assert.AreEqual((2u, Users), (report.Later!.From, report.Later.Users));
        Assert.IsTrue(report.Later.Change.Low > 0 && report.Later.Ndcg > 1.5 * report.Later.Plain, report.Later.ToString());
    }

    /// <summary>The cheapest are bought at first, the dearest at last: who learned from the first puts them in the wrong order.</summary>
    [TestMethod]
    public void A_taste_that_ends_within_the_window_does_not_serve()
    {
        double[] prices = Prices();
        var report = Learn(Cheap, RankOptions.Auto, later: (item, chance) => chance - prices[item]);

        Assert.AreEqual(RankOptions.None, report.Algorithm);
        Assert.IsLessThan(0, report.Later!.Change.High, report.Later.ToString());
        using var folder = new TempFolder();
        report.Save(folder.File(RankReport.FileName));
        Assert.AreEqual(report.Later, RankReport.Read(folder.File(RankReport.FileName)).Later);
    }

    [TestMethod]
    public void Where_nothing_speaks_for_an_item_the_models_order_serves()
    {
        var report = Learn(cheap: false, RankOptions.Auto);

        Assert.AreEqual(RankOptions.None, report.Algorithm);
        Assert.IsNull(report.Ranker);
        StringAssert.Contains(report.Why, "not surely ahead");
        Assert.AreEqual(0.5, report.Trial!.Auc!.Value, 0.05);
    }

    [TestMethod]
    [DataRow(LogisticTraining.Name)]
    [DataRow(LightGbmTraining.Name)]
    public void A_stated_ranker_serves_whatever_it_is_worth(string algorithm)
    {
        if (algorithm == LightGbmTraining.Name) RankingTests.NeedsLightGbm();
        var report = Learn(cheap: false, algorithm);
        Assert.AreEqual(algorithm, report.Algorithm);
        Assert.IsNotNull(report.Ranker);
    }

    [TestMethod]
    public void Trees_learn_the_same_taste_and_are_read_back_as_they_were()
    {
        RankingTests.NeedsLightGbm();
        using var folder = new TempFolder();
        var (first, second) = (Learn(cheap: true, LightGbmTraining.Name, threads: 1), Learn(cheap: true, LightGbmTraining.Name, threads: 2));
        first.Save(folder.File(RankReport.FileName));
        var read = RankReport.Read(folder.File(RankReport.FileName)).Trees!;

        Assert.IsTrue(first.Trial!.Change.Low > 0, first.Trial.ToString());
        Assert.IsNull(first.Trial.Expected);
        var row = new float[read.Ranges.Length];
        float[] dear = [0], cheap = [0], again = [0];
        int price = Array.FindIndex(read.Ranges, r => r.Name == "price against the user's");
        StringAssert.StartsWith(first.Effects[0].Name, "price against the user's");
        Assert.IsLessThan(0, first.Effects[0].Effect, "cheaper than usual is bought");
        TreeSharesTests.AddUp(read, [.. read.Ranges.Select(r => (r.Low + r.High) / 2)]);
        row[price] = read.Ranges[price].High;
        read.Score(row, dear);
        row[price] = read.Ranges[price].Low;
        read.Score(row, cheap);
        second.Trees!.Score(row, again);
        Assert.IsGreaterThan(dear[0], cheap[0]);
        Assert.AreEqual(again[0], cheap[0]);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Threads_change_no_bit(int threads)
    {
        var (one, many) = (Learn(cheap: true, LogisticTraining.Name), Learn(cheap: true, LogisticTraining.Name, threads));
        CollectionAssert.AreEqual(one.Linear!.Weights, many.Linear!.Weights);
        Assert.AreEqual(one.Trial, many.Trial);
    }

    [TestMethod]
    public void A_report_is_read_back_as_it_was()
    {
        using var folder = new TempFolder();
        var report = Learn(cheap: true, LogisticTraining.Name);
        report.Save(folder.File(RankReport.FileName));
        var read = RankReport.Read(folder.File(RankReport.FileName));

        CollectionAssert.AreEqual(report.Linear!.Weights, read.Linear!.Weights);
        CollectionAssert.AreEqual(report.Linear.Ranges, read.Linear.Ranges);
        Assert.AreEqual(report.Trial, read.Trial);
        Assert.AreEqual((report.Plain, report.Why), (read.Plain, read.Why));
    }

    [TestMethod]
    public void Items_are_counted_over_all_users_where_few_are_ranked()
    {
        var all = new InteractionMatrix(new SparseRows(3, 2, [0, 1, 2, 3], [0, 0, 1], [1, 1, 1]));
        var changed = new InteractionMatrix(new SparseRows(3, 2, [0, 1, 1, 1], [0], [1]));
        var model = TrainerCatalog.Create("popularity", new TrainOptions()).Train(all, StageContext.Quiet(1));

        var inputs = RankedCandidates.Inputs(model, changed, all, RankingTests.Catalog([1, 1]), new ItemContent(new string?[2], []), null,
            StageContext.Quiet(1));

        CollectionAssert.AreEqual(new[] { 2, 1 }, inputs.Items.Users);
    }

    [TestMethod]
    public void Too_few_users_are_no_reason_to_fail()
    {
        var report = Learn(cheap: true, RankOptions.Auto, minUsers: 10_000);
        StringAssert.Contains(report.Why, "fewer than Rank:MinUsers = 10000");
    }

    /// <summary>
    /// Everybody has one item; candidates come in no useful order; three of them are bought in the window, the cheapest where that is asked for.
    /// </summary>
    private static RankReport Learn(bool cheap, string algorithm, int threads = 2, int minUsers = 50)
    {
        double[] prices = Prices();
        return Learn(
            (item, chance) => cheap ? prices[item] + 10 * chance : chance, algorithm,
            RankingTests.Inputs(Owned(), RankingTests.Catalog(prices)), threads, minUsers);
    }

    private static double Cheap(int item, double chance) => Prices()[item] + 10 * chance;

    private static RankReport Learn(Func<int, double, double> order, string algorithm, Func<int, double, double> later) =>
        Learn(order, algorithm, RankingTests.Inputs(Owned(), RankingTests.Catalog(Prices())), later: later);

    private static double[] Prices()
    {
        var random = new SplitMix64(7, "prices");
        return [.. Enumerable.Range(0, Items).Select(_ => 1 + 99 * random.NextDouble())];
    }

    private static InteractionMatrix Owned() => new(new SparseRows(
        Users, Items, [.. Enumerable.Range(0, Users + 1)], [.. Enumerable.Range(0, Users).Select(u => u % Items)], [.. Enumerable.Repeat(1f, Users)]));

    /// <param name="order">Of an item and a draw from 0 to 1: a user's three candidates with the least are bought.</param>
    /// <param name="later">Three more are bought later, by this order; null: none, and the window has no times.</param>
    private static RankReport Learn(Func<int, double, double> order, string algorithm, RankInputs inputs, int threads = 2, int minUsers = 50,
        RankObjective objective = RankObjective.Purchases, Func<int, double, double>? later = null)
    {
        var random = new SplitMix64(11, "ranks");
        var found = new int[Users][];
        List<int> users = [], items = [];
        var first = new HashSet<(int User, int Item)>();
        for (int user = 0; user < Users; user++)
        {
            int own = user % Items;
            found[user] = [.. Enumerable.Range(0, Items).Where(i => i != own).OrderBy(_ => random.NextDouble()).Take(Candidates)];
            foreach (int item in found[user].OrderBy(i => order(i, random.NextDouble())).Take(3))
            {
                users.Add(user);
                items.Add(item);
                first.Add((user, item));
            }
            if (later is null) continue;
            foreach (int item in found[user].Where(i => !first.Contains((user, i))).OrderBy(i => later(i, random.NextDouble())).Take(3))
            {
                users.Add(user);
                items.Add(item);
            }
        }
        var test = SparseRows.FromTriplets(Users, Items, users.ToArray(), items.ToArray(), [.. users.Select(_ => 1f)]);
        using var folder = new TempFolder();
        return new RankLearning(
            new HoldOut(inputs.History, test, 0) { TestSeen = later is null ? null : Times(test) },
            inputs with { ForRevenue = objective == RankObjective.Revenue }, Retrieve,
            new RankOptions { Algorithm = algorithm, MinUsers = minUsers, Objective = objective, PriceWeight = 1 }, StageContext.Quiet(threads))
            .Run(folder.File(RankReport.ModelFile));

        uint[] Times(SparseRows pairs) =>
            [.. Enumerable.Range(0, Users).SelectMany(u => pairs.RowIndices(u).ToArray().Select(i => first.Contains((u, i)) ? 1u : 2u))];

        CandidateBlock Retrieve(int[] block)
        {
            var candidates = new CandidateBlock(block, Candidates);
            for (int u = 0; u < block.Length; u++)
            {
                found[block[u]].CopyTo(candidates.Items, u * Candidates);
                for (int k = 0; k < Candidates; k++) candidates.Scores[u * Candidates + k] = Candidates - k;
                candidates.Counts[u] = Candidates;
            }
            return candidates;
        }
    }
}
