using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.Lists;
using Recsys.Batch.Pipeline.Places.QueryResults;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>
/// <c>query_results</c> on a log of searches made from the titles of the shipped log (<see cref="MadeQueries"/>): whether the item that a later search was
/// made from stands among the first ten, beside BM25 alone, BM25 with popularity, and what was bought after the query alone. <c>queries</c> tries settings on
/// August and September by what was before; <c>--look test</c> scores the one that serves on what is from October 2011 on, <c>--encoder FOLDER</c> another
/// encoder than the shipped one.
/// </summary>
internal static class QueriesBenchmark
{
    private const int Depth = 10;

    public static int Run(string[] arguments)
    {
        var given = Arguments.Parse(arguments);
        bool look = given.Optional("look") == "test";
        var embed = new EmbedOptions();
        if (given.Optional("encoder") is { } folder) embed.Model = Path.GetFullPath(folder);
        var all = ShippedLog.Read(given.Text("config", "data/online-retail/night.json"), StageNames.Embed, $"Embed:Model={embed.Model}");
        var (cut, end) = look ? (ShippedLog.Second("2011-10-01"), uint.MaxValue) : (ShippedLog.Second("2011-08-01"), ShippedLog.Second("2011-10-01"));
        var made = MadeQueries.Of(all.Purchases, all.Catalog);
        var log = QueryLog.Of(made.Where(q => q.Second < cut).Select(q => (q.User, q.Second, q.Text)));
        var later = made.Where(q => q.Second >= cut && q.Second < end).ToArray();
        using var encoder = TextEncoders.Open(embed, StageContext.Quiet());
        var inputs = all with
        {
            Purchases = all.Purchases.Before(cut),
            Queries = log,
            Encode = texts => encoder is null ? null : EmbeddingTable.OfUnitRows(encoder.Encode(texts, StageContext.Quiet())),
            Diversify = PlaceDiversifier.Of(new(), new ItemContent([], all.Text is null ? [] : [new ItemView(ItemView.Text, all.Text)]), all.Catalog),
        };
        Console.WriteLine(FormattableString.Invariant($"{log.Count:N0} searches in {log.Queries.Count:N0} texts before, {later.Length:N0} after"));
        var bench = new Rankings(inputs, later);
        var serves = new QueryResultsOptions();
        var plain = bench.Plain(serves, popularity: 0);
        Say("BM25 alone", plain, null);
        foreach (double popularity in (double[])[0.25, serves.PopularityWeight])
            Say(FormattableString.Invariant($"BM25 x customers^{popularity}"), bench.Plain(serves, popularity), plain);
        var served = bench.Of(serves);
        Say("query_results before diversification", served, plain);
        Say("query_results", bench.Of(serves, diversified: true), plain);
        Say("the same by shares, no shelf more than five", bench.Of(serves, diversified: true, asOtherLists: true), plain);
        if (look) return 0;
        foreach (double prior in (double[])[1, 3, 30, 100])
            Say($"PriorPurchases {prior}", bench.Of(new QueryResultsOptions { PriorPurchases = prior }), served);
        foreach (double text in (double[])[0, 0.25, 1])
            Say($"TextWeight {text}", bench.Of(new QueryResultsOptions { TextWeight = text }), served);
        foreach (double popularity in (double[])[0, 0.25, 0.5, 1])
            Say($"PopularityWeight {popularity}", bench.Of(new QueryResultsOptions { PopularityWeight = popularity }), served);
        return 0;
    }

    private static void Say(string name, CustomerBootstrap hits, CustomerBootstrap? other) => Console.WriteLine(
        $"| {name} | {hits} | {(other is null ? "" : hits.Over(other))} |");

    private sealed class Rankings
    {
        private readonly PlaceInputs _inputs;
        private readonly Bm25 _titles;
        private readonly AskedQueries _asked;
        private readonly Dictionary<string, int> _positions;
        private readonly EmbeddingTable? _vectors;
        private readonly (MadeQuery Query, int At)[] _cases;

        public Rankings(PlaceInputs inputs, MadeQuery[] later)
        {
            _inputs = inputs;
            _titles = QueryResultsPlace.Titles(inputs.Catalog);
            var options = new QueryResultsOptions();
            _asked = AskedQueries.Of(inputs.Queries!, inputs.Purchases, options, options.MinCustomers, _titles);
            _positions = _asked.Queries.Index().ToDictionary(q => q.Item, q => q.Index, StringComparer.Ordinal);
            _vectors = inputs.Encode(_asked.Queries);
            var words = new QueryWords();
            _cases = [.. later.Select(q => (q, _positions.GetValueOrDefault(words.Normalized(q.Text), -1))).Where(c => c.Item2 >= 0)];
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{_asked.Queries.Count:N0} queries have results; {_cases.Length:N0} of the later searches ask one of them: hit rate@{Depth} of the item "
                + $"looked for, with 95% intervals by drawing customers, and the difference to BM25 alone (below the line: to what serves)"));
        }

        public CustomerBootstrap Of(QueryResultsOptions options, bool diversified = false, bool asOtherLists = false)
        {
            var ranker = new QueryRanker(_inputs, options, _asked, _titles, _vectors);
            var work = ranker.Begin();
            ListCandidates[] lists = [.. Enumerable.Range(0, _asked.Queries.Count).Select(q => ranker.Rank(q, work))];
            if (!diversified) return Hits([.. lists.Select(l => l.Items.Take(Depth).ToArray())]);
            var made = asOtherLists ? ListCandidates.Diversified(lists, options.Candidates, Depth, _inputs)
                : QueryResultsPlace.Diversified(lists, options, Depth, _inputs);
            return Hits([.. made.Select(l => l.Select(e => e.Item).ToArray())]);
        }

        public CustomerBootstrap Plain(QueryResultsOptions options, double popularity)
        {
            var (scores, words, touched) = (new double[_inputs.Catalog.Items], new QueryWords(), new List<int>());
            var customers = new Dictionary<int, int>();
            for (int u = 0; u < _inputs.Purchases.Users; u++)
                foreach (int item in _inputs.Purchases.Items[_inputs.Purchases.Pointers[u].._inputs.Purchases.Pointers[u + 1]].Distinct())
                    customers[item] = customers.GetValueOrDefault(item) + 1;
            var lists = new int[_asked.Queries.Count][];
            for (int q = 0; q < lists.Length; q++)
            {
                foreach (int item in touched) scores[item] = 0;
                touched.Clear();
                _titles.Score(words.Of(_asked.Queries[q]), scores, touched);
                lists[q] = ListCandidates.Of(
                    touched, i => _inputs.Catalog.Available[i] ? scores[i] * Math.Pow(1 + customers.GetValueOrDefault(i), popularity) : double.NaN,
                    Depth).Items;
            }
            return Hits(lists);
        }

        private CustomerBootstrap Hits(int[][] lists)
        {
            var hits = new CustomerBootstrap();
            foreach (var (query, at) in _cases) hits.Add(query.User, lists[at].Contains(query.Item) ? 1 : 0);
            return hits;
        }
    }
}
