using Recsys.Batch.Benchmarks.Places;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks.Freshness;

/// <summary>
/// What fatigue, a bound on changes, the season and a floor under the long tail do to a night's lists on the shipped log, each beside the lists as they are:
/// accuracy on what customers bought next that was new to them, entries that the lists of the night before did not have, coverage and the long tail's exposure;
/// and the lists of five customers. <c>freshness [--night 2011-09-01] [--days 28]</c>: the night, and the days after it that test; the night before is a week
/// older. Impressions are simulated: everybody was shown the first ten of the night before's list <c>--shown</c> (6) times, and clicked what they bought in
/// that week.
/// </summary>
internal static class FreshnessBenchmark
{
    private const int Depth = 10, Shown = 10, Customers = 5;
    private const uint Day = 86_400;

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        uint night = ShippedLog.Second(given.Text("night", "2011-09-01"));
        int threads = given.Int("threads", Environment.ProcessorCount);
        var shop = ShippedLog.Read(given.Text("config", "data/online-retail/night.json"), StageNames.Embed);
        var (before, now) = (new FreshNight(shop, night - 7 * Day, threads), new FreshNight(shop, night, threads));
        var was = before.Lists();
        var bench = new Comparison(shop, now, was, night + (uint)given.Int("days", 28) * Day);
        Console.WriteLine(
            $"{now.Users.Length:N0} lists; {bench.Tested:N0} customers bought something new to them in the days after; the long tail is "
            + $"{bench.TailItems:N0} items");
        Console.WriteLine("| lists | NDCG@10 | less as they are | new entries a list | coverage | exposure of the long tail |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        bench.Say("as they are", now.Lists());
        foreach (int most in (int[])[5, 2])
            bench.Say($"`MaxChanges` {most}", now.Lists(held: new StableLists(PreviousLists.Of(was), most)));
        var fatigue = new FatigueOptions { Enabled = true };
        var tired = ImpressionFatigue.Of(Impressions(shop, now, was, night, given.Int("shown", 6)), shop.Users, shop.Items, fatigue);
        bench.Say(FormattableString.Invariant($"`Fatigue`, impressions simulated ({tired.Count:N0} pairs)"), now.Lists(c => tired.Apply(c, fatigue)));
        foreach (double weight in (double[])[0.5, 1])
        {
            if (ItemSeason.Of(now.Before, shop.Catalog, new SeasonOptions { Enabled = true, Weight = weight }) is { } season)
                bench.Say(FormattableString.Invariant($"`Season` ^ {weight}"), now.Lists(season.Apply));
            else Console.WriteLine("| `Season` | the log is too short | | | | |");
        }
        bench.Say("floor: long tail .15", now.Allocated(Floor(shop, bench.Tail, 0.15)));
        bench.Print(Customers);
        return 0;
    }

    /// <summary>Simulated: shown every night of the week, clicked once where it was bought.</summary>
    private static FeedbackRows Impressions(PlaceInputs shop, FreshNight now, int[]?[] was, uint night, int times)
    {
        var rows = new FeedbackRows(was.Sum(l => l is null ? 0 : (times + 1) * Math.Min(Shown, l.Length)));
        for (int user = 0; user < was.Length; user++)
        {
            foreach (int item in (was[user] ?? []).Take(Shown))
            {
                for (int n = 0; n < times; n++) Put(user, item, FeedbackKind.Impression, night - (uint)(n + 1) * Day);
                if (now.Histories.RowIndices(user).BinarySearch(item) >= 0) Put(user, item, FeedbackKind.Click, night - Day);
            }
        }
        return rows;

        void Put(int user, int item, FeedbackKind kind, uint second)
        {
            int at = rows.Count++;
            (rows.Users[at], rows.Items[at]) = (rows.UserIds.Add(shop.Users[user]), rows.ItemIds.Add(shop.Items[item]));
            (rows.Kinds[at], rows.Times[at], rows.Scales[at], rows.Statuses[at]) = (kind, second * 1_000_000L, ClickTimes.Absolute, FeedbackStatus.Joined);
        }
    }

    private static RuleSet Floor(PlaceInputs shop, bool[] tail, double share)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, FormattableString.Invariant(
            $$"""{ "rules": [ { "name": "long tail", "kind": "floor", "where": { "band": "tail" }, "share": {{share}} } ] }"""));
        try
        {
            var bands = new AttributeTable(["band"], tail.Length);
            for (int item = 0; item < tail.Length; item++) bands["band"][item] = tail[item] ? "tail" : "other";
            return new RuleSet(RulesFile.Read(file).Rules, new RuleItems(shop.Items, shop.Catalog, bands), new RuleUsers(shop.Users.Count, null, null), null);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Lists beside those as they are.</summary>
    private sealed class Comparison
    {
        private readonly PlaceInputs _shop;
        private readonly FreshNight _night;
        private readonly int[]?[] _was;
        private readonly SparseRows _test;
        private readonly List<(string Name, int[]?[] Lists)> _said = [];
        private CustomerBootstrap? _plain;

        public Comparison(PlaceInputs shop, FreshNight night, int[]?[] was, uint end)
        {
            (_shop, _night, _was) = (shop, night, was);
            var after = FreshNight.PairsOf(shop.Purchases.From(night.Before.Last + 1).Before(end), shop.Catalog.Items);
            var (pointers, fresh) = (new int[after.Rows + 1], new List<int>());
            for (int user = 0; user < after.Rows; user++)
            {
                foreach (int item in after.RowIndices(user))
                    if (night.Listable[item] && night.Histories.RowIndices(user).BinarySearch(item) < 0) fresh.Add(item);
                pointers[user + 1] = fresh.Count;
            }
            _test = new SparseRows(after.Rows, after.Columns, pointers, [.. fresh], [.. Enumerable.Repeat(1f, fresh.Count)]);
            Tail = new bool[shop.Catalog.Items];
            int[] customers = night.Before.CustomersByItem(shop.Catalog.Items);
            double left = customers.Sum() * 2 / 3.0;
            foreach (int item in Enumerable.Range(0, Tail.Length).OrderByDescending(i => customers[i]).ThenBy(i => i))
            {
                Tail[item] = left <= 0 && customers[item] > 0;
                left -= customers[item];
            }
        }

        /// <summary>Items of the last third of all purchases, the best sold first.</summary>
        public bool[] Tail { get; }

        public int TailItems => Tail.Count(t => t);

        public int Tested => _night.Users.Count(u => _test.RowLength(u) > 0);

        public void Say(string name, int[]?[] lists)
        {
            var (ndcg, seen) = (new CustomerBootstrap(), new HashSet<int>());
            double fresh = 0, held = 0, tail = 0, places = 0;
            foreach (int user in _night.Users)
            {
                int[] list = lists[user]!;
                if (_test.RowLength(user) > 0) ndcg.Add(user, RankingMetrics.At(list, _test.RowIndices(user), Depth).Ndcg);
                if (_was[user] is { } old)
                {
                    held++;
                    fresh += list.Except(old).Count();
                }
                seen.UnionWith(list);
                for (int k = 0; k < list.Length; k++)
                {
                    places += 1 / Math.Log2(k + 2);
                    if (Tail[list[k]]) tail += 1 / Math.Log2(k + 2);
                }
            }
            Console.WriteLine(FormattableString.Invariant(
                $"| {name} | {ndcg} | {(_plain is null ? "" : ndcg.Over(_plain))} | {fresh / held:0.00} | ")
                + FormattableString.Invariant($"{(double)seen.Count / _night.Listable.Count(l => l):.000} | {tail / places:.000} |"));
            _plain ??= ndcg;
            _said.Add((name, lists));
        }

        /// <summary>Customers spread over those with a list in both nights: the first ten, and what each way brings into and takes from them.</summary>
        public void Print(int customers)
        {
            int[] both = [.. _night.Users.Where(u => _was[u] is not null && _night.Histories.RowLength(u) >= 5)];
            for (int c = 0; c < Math.Min(customers, both.Length); c++)
            {
                int user = both[(int)((c + 0.5) * both.Length / customers)];
                int[] plain = [.. _said[0].Lists[user]!.Take(Depth)];
                Console.WriteLine($"\ncustomer {_shop.Users.Text(user)} as it is: {Titles(plain)}");
                foreach (var (name, lists) in _said.Skip(1))
                {
                    int[] list = [.. lists[user]!.Take(Depth)];
                    Console.WriteLine(
                        list.SequenceEqual(plain) ? $"  {name}: the same"
                        : list.Except(plain).Any() ? $"  {name}: in {Titles(list.Except(plain))}; out {Titles(plain.Except(list))}"
                        : $"  {name}: another order");
                }
            }
        }

        private string Titles(IEnumerable<int> items) => string.Join(", ", items.Select(i => _shop.Catalog.Titles[i] ?? _shop.Items.Text(i)));
    }
}
