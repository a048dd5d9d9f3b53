using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.Lists;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>
/// Items of a query by the share of purchases after it that they are expected to have: a Dirichlet mean of what was bought after it, beyond what is bought
/// anyway, and of a prior by text and popularity, <c>exp(6 (BM25 / best + w cosine)) customers^g</c>, which counts as so many purchases.
/// </summary>
internal sealed class QueryRanker
{
    private const double Sharpness = 6;

    private readonly PlaceInputs _inputs;
    private readonly QueryResultsOptions _options;
    private readonly AskedQueries _asked;
    private readonly Bm25 _titles;
    private readonly EmbeddingTable? _vectors;
    private readonly int[] _customers;
    private readonly double _allCustomers;

    public QueryRanker(PlaceInputs inputs, QueryResultsOptions options, AskedQueries asked, Bm25 titles, EmbeddingTable? vectors)
    {
        (_inputs, _options, _asked, _titles, _vectors) = (inputs, options, asked, titles, vectors);
        _customers = inputs.Purchases.CustomersByItem(inputs.Catalog.Items);
        _allCustomers = Math.Max(1, _customers.Sum(c => (double)c));
    }

    /// <summary>Memory of one thread: 8 bytes an item.</summary>
    internal sealed class Workspace(int items)
    {
        public double[] Scores { get; } = new double[items];

        public List<int> Touched { get; } = [];

        public QueryWords Words { get; } = new();
    }

    public Workspace Begin() => new(_inputs.Catalog.Items);

    public ListCandidates Rank(int query, Workspace work)
    {
        foreach (int item in work.Touched) work.Scores[item] = 0;
        work.Touched.Clear();
        _titles.Score(work.Words.Of(_asked.Queries[query]), work.Scores, work.Touched);
        var found = ListCandidates.Of(work.Touched, item => _inputs.Catalog.Available[item] ? work.Scores[item] : double.NaN, _options.Candidates);
        double best = found.Scores.DefaultIfEmpty().Max();
        var candidates = new SortedSet<int>(found.Items);
        candidates.UnionWith(_asked.ItemsAfter(query).Where(i => _inputs.Catalog.Available[i]));
        // Titles that say it in other words are looked for only where too few say it in these.
        if (_vectors is not null && found.Items.Length < _options.Count)
        {
            candidates.UnionWith(ListCandidates.Of(
                Enumerable.Range(0, _inputs.Catalog.Items), i => _inputs.Catalog.Available[i] && Cosine(query, i) is > 0 and var c ? c : double.NaN,
                _options.Candidates).Items);
        }
        int[] items = [.. candidates];
        double[] prior = [.. items.Select(Prior)], evidence = [.. items.Select(Evidence)];
        double ofPrior = Math.Max(double.Epsilon, prior.Sum()), ofEvidence = evidence.Sum();
        var position = items.Index().ToDictionary(i => i.Item, i => i.Index);
        return ListCandidates.Of(
            items, item => (evidence[position[item]] + _options.PriorPurchases * prior[position[item]] / ofPrior) / (ofEvidence + _options.PriorPurchases),
            _options.Candidates);

        double Prior(int item) =>
            Math.Exp(Sharpness * ((best > 0 ? work.Scores[item] / best : 0) + _options.TextWeight * Math.Max(0, Cosine(query, item))))
            * Math.Pow(1 + _customers[item], _options.PopularityWeight);

        double Evidence(int item) => Math.Max(0, _asked.Bought(query, item) - _asked.Purchases[query] * _customers[item] / _allCustomers);
    }

    private double Cosine(int query, int item) =>
        _vectors is null || _inputs.Text is null ? 0 : PlaceInputs.Cosine(_vectors.Vectors.Row(query), _inputs.Text.Vectors.Row(item));
}
