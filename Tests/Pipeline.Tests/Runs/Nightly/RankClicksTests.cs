using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Rank;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Rank;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>
/// A shop of which the truth is planted: everybody wants what is cheap, lists stand about dearest first, and place k is looked at with chance 1 / k. So what
/// is dear is clicked more, and what is cheap is bought.
/// </summary>
[TestClass]
internal sealed class RankClicksTests
{
    private const int Users = 800, Items = 100, Candidates = 40, Shelf = 14, Length = 10, Nights = 6;

    /// <summary>The window is from here on; its nights, and what is bought at the end of each, are so many seconds apart.</summary>
    private const uint Cut = 1_000, Night = 100;

    private static readonly double[] Prices = MakePrices();

    public required TestContext TestContext { get; set; }

    [TestMethod]
    public void Weights_of_places_find_what_is_wanted_where_plain_clicks_mislead()
    {
        var weighted = Learn(RankOptions.Auto);
        var plain = Learn(RankOptions.Auto, stated: ExaminationCurve.Flat);
        foreach (var report in (RankReport[])[weighted, plain])
            TestContext.WriteLine($"{report.Plain:0.0000} {report.Trial} {report.Later} {report.Clicks} {report.Effects[0]} {report.Why}");

        Assert.AreEqual(LogisticTraining.Name, weighted.Algorithm, weighted.Why);
        Assert.IsGreaterThan(0, weighted.Trial!.Change.Low);
        Assert.IsGreaterThan(0, weighted.Later!.Change.Low);
        Assert.IsLessThan(0, Price(weighted), "cheaper than usual is wanted");
        Assert.IsTrue(weighted.Clicks!.Decay is { Low: < 1, High: > 1, Width: < 0.5 }, weighted.Clicks.Decay.ToString());
        // As good as an order that was learned from the purchases themselves, within some hundredths of it.
        Assert.IsGreaterThan(0.9, weighted.Trial.Ndcg / weighted.Clicks.ByPurchases.Ndcg);
        Assert.AreEqual(
            weighted.Trial.Ndcg - weighted.Clicks.ByPurchases.Ndcg, weighted.Clicks.AgainstPurchases.Value, 1e-5, "the two orders are compared user by user");

        Assert.AreEqual(RankOptions.None, plain.Algorithm, plain.Why);
        Assert.IsLessThan(0, plain.Trial!.Change.High);
        Assert.IsGreaterThan(0, Price(plain), "what stands first is clicked, and dear");
    }

    [TestMethod]
    public void Chances_of_clicks_are_right_on_users_that_did_not_teach()
    {
        var clicks = Learn(LogisticTraining.Name).Clicks!;

        Assert.AreEqual(1, clicks.Held.Expected / clicks.Clicks, 0.1);
        Assert.IsTrue(clicks.Held.Auc > clicks.Held.PlaceAuc + 0.005 && clicks.Held.LogLoss < clicks.Held.PlaceLogLoss, clicks.Held.ToString());
        Assert.AreEqual((Users, 0), (clicks.Users, clicks.LeftOut.Count));
    }

    [TestMethod]
    public void Users_are_ranked_by_what_the_other_half_taught()
    {
        var all = Shown();
        // Even users, who alone buy what is among their candidates, click what stands first.
        var turned = all with
        {
            All = [.. all.All.Select(i => i.User % 2 == 0 ? i with { Clicked = i.Rank == 1 ? i.Shown : uint.MaxValue } : i)],
        };
        var (report, other) = (Of(all), Of(turned));

        CollectionAssert.AreNotEqual(report.Linear!.Weights, other.Linear!.Weights, "what all users teach has changed");
        Assert.AreEqual(report.Trial!.Ndcg, other.Trial!.Ndcg, "what odd users teach has not");

        RankReport Of(WindowImpressions shown) => Learn(LogisticTraining.Name, shown, ExaminationCurve.Flat, isOddMissed: true);
    }

    /// <summary>What was shown and clicked in the later part of the window is of no use to who is measured there.</summary>
    [TestMethod]
    public void The_later_part_is_ranked_by_clicks_from_before_it()
    {
        const uint Half = Cut + Nights / 2 * Night;
        var all = Shown();
        var turned = all with { All = [.. all.All.Select(i => i.Shown >= Half ? i with { Clicked = i.Rank == 1 ? i.Shown : uint.MaxValue } : i)] };
        // A click that came when the part had begun is one that was not known.
        var late = all with { All = [.. all.All.Select(i => i is { Shown: < Half, Clicked: uint.MaxValue, Rank: 1 } ? i with { Clicked = Half } : i)] };

        var report = Learn(RankOptions.Auto, all);
        Assert.AreEqual(Half, report.Later!.From);
        foreach (var log in (WindowImpressions[])[turned, late])
        {
            var other = Learn(RankOptions.Auto, log);
            Assert.AreEqual(report.Later, other.Later);
            Assert.AreNotEqual(report.Trial, other.Trial);
        }
    }

    /// <summary>Features are of what was known before the window: purchases of the window change neither them nor what clicks teach.</summary>
    [TestMethod]
    public void What_was_bought_in_the_window_does_not_teach_clicks()
    {
        var (cheap, dear) = (Learn(LogisticTraining.Name), Learn(LogisticTraining.Name, dear: true));

        CollectionAssert.AreEqual(cheap.Linear!.Weights, dear.Linear!.Weights);
        CollectionAssert.AreEqual(cheap.Linear.Ranges, dear.Linear.Ranges);
        Assert.AreNotEqual(cheap.Trial, dear.Trial);
    }

    [TestMethod]
    public void Threads_change_no_bit()
    {
        using var folder = new TempFolder();
        Learn(RankOptions.Auto, threads: 1).Save(folder.File("one"));
        Learn(RankOptions.Auto, threads: 4).Save(folder.File("four"));

        Assert.AreEqual(File.ReadAllText(folder.File("one")), File.ReadAllText(folder.File("four")));
        Assert.AreEqual(Learn(RankOptions.Auto).Clicks!.Decay, RankReport.Read(folder.File("one")).Clicks!.Decay);
    }

    [TestMethod]
    public void What_is_no_candidate_is_left_out_and_counted()
    {
        var all = Shown();
        // An item that the user has, which no model proposes again.
        var more = all with { All = [.. all.All, .. Enumerable.Range(0, 30).Select(u => new WindowImpression(u, 100_000 + u, u % Items, 1, Cut, Cut))] };

        var (report, with) = (Learn(LogisticTraining.Name, all), Learn(LogisticTraining.Name, more));

        Assert.AreEqual(30L, with.Clicks!.LeftOut["no_candidate"]);
        Assert.AreEqual(report.Clicks!.Impressions, with.Clicks.Impressions);
    }

    [TestMethod]
    public void Lists_that_always_stand_alike_teach_nothing_and_say_why()
    {
        var all = Shown();
        // One night alone: nothing moved.
        var one = all with { All = [.. all.All.Where(i => i.Shown < Cut + Night)] };

        foreach (string algorithm in (string[])[RankOptions.Auto, LogisticTraining.Name])
        {
            var report = Learn(algorithm, one);
            Assert.AreEqual((RankOptions.None, null), (report.Algorithm, report.Trial));
            StringAssert.StartsWith(report.Why, "Rank:Learn is Clicks, and how places are looked at is learned from impressions of half of the users");
            StringAssert.Contains(report.Why, "let lists of another night");
        }
    }

    [TestMethod]
    public void A_log_that_begins_after_the_first_part_does_not_serve_by_itself()
    {
        var all = Shown();
        var last = all with { All = [.. all.All.Where(i => i.Shown >= Cut + Nights / 2 * Night)] };

        var report = Learn(RankOptions.Auto, last);

        Assert.AreEqual(RankOptions.None, report.Algorithm);
        Assert.IsNull(report.Later);
        Assert.IsGreaterThan(0, report.Trial!.Change.Low, "it would do well, and nobody can know");
        StringAssert.StartsWith(report.Why, "nothing says whether its order is ahead of the model's in the later part of the window");
        Assert.AreEqual(LogisticTraining.Name, Learn(LogisticTraining.Name, last).Algorithm, "who states a ranker gets it");
    }

    [TestMethod]
    public void A_window_without_impressions_says_what_was_found_and_what_to_do()
    {
        var report = Learn(RankOptions.Auto, new WindowImpressions([], new(StringComparer.Ordinal) { ["outside_window"] = 7 }));

        StringAssert.Contains(report.Why, "none of the 0 impressions");
        StringAssert.Contains(report.Why, "outside_window 7");
        StringAssert.Contains(report.Why, "expected logs that reach back to it");
    }

    [TestMethod]
    public void Learning_from_clicks_needs_a_log_with_places_and_times()
    {
        var night = new PipelineOptions();
        night.Ingest.Events.Add(new() { Path = "log", Columns = new() { User = "u", Item = "i", Time = "t" } });
        night.Rank.Learn = RankLabel.Clicks;
        Refused("Feedback:Logs is empty");
        night.Feedback.Logs.Add(new() { Path = "shown", Columns = new() { User = "u", Item = "i", Version = "v", Rank = "r" } });
        Refused("Feedback:Logs:0 has no Columns:Time");
        night.Feedback.Logs[0].Columns.Time = "t";
        night.Validate();
        night.Feedback.Logs.Add(new() { Path = "clicked", Columns = new() { User = "u", Item = "i", Version = "v" } });
        Refused("Feedback:Logs:1 has no Columns:Time");
        night.Feedback.Logs.RemoveAt(1);
        night.Feedback.Logs[0].Columns.Rank = null;
        Refused("no log of Feedback:Logs has Columns:Rank");
        night.Feedback.Logs[0].Columns.Rank = "r";
        night.Ingest.Events[0].Columns.Time = null;
        Refused("no log of Ingest:Events has a column Time");
        night.Ingest.Events[0].Columns.Time = "t";
        night.Rank.Algorithm = LightGbmTraining.Name;
        Refused("Rank:Learn is Clicks; expected Purchases, since Rank:Algorithm is lightgbm");
        night.Rank.Algorithm = RankOptions.Auto;
        night.Rank.Objective = RankObjective.Revenue;
        Refused("Rank:Learn is Clicks; expected Purchases, since Rank:Objective is Revenue");
        night.Rank.Objective = RankObjective.Purchases;
        night.Rank.Algorithm = RankOptions.None;
        night.Validate();
        CollectionAssert.Contains(IdleOptions.Of(night).ToArray(), "Rank:Learn is set and changes nothing: Rank:Algorithm is none");

        void Refused(string why) => StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => night.Validate()).Message, why);
    }

    [TestMethod]
    public void A_log_that_is_not_there_is_named_with_its_key()
    {
        using var folder = new TempFolder();
        var feedback = new FeedbackOptions { Logs = [new() { Path = folder.File("nowhere") }] };

        var e = Assert.ThrowsExactly<ParquetFileException>(() => new ClickLogReader(feedback, ParquetFiles.Reader(), null).Sources().ToArray());

        StringAssert.Contains(e.Message, folder.File("nowhere"));
        StringAssert.Contains(e.Message, "Feedback:Logs:0:Path names it, and Rank:Learn is Clicks");
    }

    private static double Price(RankReport report) => report.Effects.Single(e => e.Name == "price against the user's").Effect;

    private static double[] MakePrices()
    {
        var random = new SplitMix64(7, "prices");
        return [.. Enumerable.Range(0, Items).Select(_ => 1 + 99 * random.NextDouble())];
    }

    /// <summary>Users' candidates, in no useful order.</summary>
    private static int[][] Found()
    {
        var random = new SplitMix64(11, "found");
        return
        [
            .. Enumerable.Range(0, Users).Select(user => Enumerable.Range(0, Items).Where(i => i != user % Items).OrderBy(_ => random.NextDouble())
                .Take(Candidates).ToArray()),
        ];
    }

    private static WindowImpressions Shown()
    {
        var random = new SplitMix64(13, "shown");
        var shown = new List<WindowImpression>();
        int[][] found = Found();
        for (int night = 0, list = 0; night < Nights; night++)
        {
            for (int user = 0; user < Users; user++, list++)
            {
                int[] items = [.. found[user][..Shelf].OrderBy(_ => random.NextDouble()).Take(Length)
                    .OrderByDescending(i => Prices[i] + 15 * random.NextNormal())];
                for (int k = 0; k < Length; k++)
                {
                    bool isClicked = random.NextDouble() < 0.4 * Math.Exp(-Prices[items[k]] / 60) / (k + 1);
                    uint time = Cut + (uint)night * Night + (uint)k;
                    shown.Add(new WindowImpression(user, list, items[k], k + 1, time, isClicked ? time + 20 : uint.MaxValue));
                }
            }
        }
        return new WindowImpressions(shown, new(StringComparer.Ordinal));
    }

    /// <param name="stated">How places are looked at, where clicks are not asked.</param>
    /// <param name="dear">The dearest are bought, whatever is clicked.</param>
    /// <param name="isOddMissed">Odd users buy what is no candidate of theirs, so that no order has any of it.</param>
    private static RankReport Learn(
        string algorithm, WindowImpressions? shown = null, ExaminationCurve? stated = null, int threads = 2, bool dear = false, bool isOddMissed = false)
    {
        var random = new SplitMix64(17, "bought");
        int[][] found = Found();
        var (users, items, times) = (new List<int>(), new List<int>(), new Dictionary<(int, int), uint>());
        for (int user = 0; user < Users; user++)
        {
            // Four of the cheapest, two as the window begins and two in the middle of it.
            var among = isOddMissed && user % 2 == 1 ? Enumerable.Range(0, Items).Except([.. found[user], user % Items]) : found[user];
            int[] order = [.. among.OrderBy(i => (dear ? -Prices[i] : Prices[i]) + 20 * random.NextDouble()).Take(4)];
            for (int k = 0; k < order.Length; k++)
            {
                users.Add(user);
                items.Add(order[k]);
                times[(user, order[k])] = Cut + (uint)(k % 2 == 0 ? 0 : Nights / 2) * Night;
            }
        }
        var test = SparseRows.FromTriplets(Users, Items, users.ToArray(), items.ToArray(), [.. users.Select(_ => 1f)]);
        var owned = new InteractionMatrix(new SparseRows(
            Users, Items, [.. Enumerable.Range(0, Users + 1)], [.. Enumerable.Range(0, Users).Select(u => u % Items)], [.. Enumerable.Repeat(1f, Users)]));
        var inputs = RankingTests.Inputs(owned, RankingTests.Catalog(Prices));
        using var folder = new TempFolder();
        var report = new RankLearning(
            new HoldOut(owned, test, Cut)
            {
                TestSeen = [.. Enumerable.Range(0, Users).SelectMany(u => test.RowIndices(u).ToArray().Select(i => times[(u, i)]))],
            },
            inputs, Retrieve, new RankOptions { Algorithm = algorithm, MinUsers = 50, Learn = RankLabel.Clicks }, StageContext.Quiet(threads))
        {
            Clicks = new ClickLog(shown ?? Shown(), MinClicks: 25) { Stated = stated },
        }.Run(folder.File(RankReport.ModelFile));
        Assert.AreEqual(report.Algorithm != RankOptions.None, File.Exists(folder.File(RankReport.ModelFile)));
        return report;

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
