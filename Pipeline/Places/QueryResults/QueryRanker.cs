using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places.Lists;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>
/// Items of a query by the share of purchases after it that they are expected to have: a Dirichlet mean of what was bought after it, beyond what is bought
/// anyway, and of a prior by text and popularity, <c>exp(6 (BM25 / best + w cosine)) customers^g</c>, which counts as so many purchases.
/// </summary>
internal sealed class QueryRanker(PlaceInputs inputs, QueryResultsOptions options, AskedQueries asked, Bm25 titles, EmbeddingTable? vectors)
{
    private const double Sharpness = 6;

    private readonly int[] _customers = CustomersOf(inputs);
    private readonly double _allCustomers = Math.Max(1, CustomersOf(inputs).Sum(c => (double)c));

    /// <summary>Memory of one thread: 8 bytes an item.</summary>
    internal sealed class Workspace(int items)
    {
        public double[] Scores { get; } = new double[items];

        public List<int> Touched { get; } = [];

        public QueryWords Words { get; } = new();
    }

    public Workspace Begin() => new(inputs.Catalog.Items);

    public ListCandidates Rank(int query, Workspace work)
    {
        foreach (int item in work.Touched) work.Scores[item] = 0;
        work.Touched.Clear();
        titles.Score(work.Words.Of(asked.Queries[query]), work.Scores, work.Touched);
        var found = ListCandidates.Of(work.Touched, item => inputs.Catalog.Available[item] ? work.Scores[item] : double.NaN, options.Candidates);
        double best = found.Scores.DefaultIfEmpty().Max();
        var candidates = new SortedSet<int>(found.Items);
        candidates.UnionWith(asked.ItemsAfter(query).Where(i => inputs.Catalog.Available[i]));
        // Titles that say it in other words are looked for only where too few say it in these.
        if (vectors is not null && found.Items.Length < options.Count)
        {
            candidates.UnionWith(ListCandidates.Of(
                Enumerable.Range(0, inputs.Catalog.Items), i => inputs.Catalog.Available[i] && Cosine(query, i) is > 0 and var c ? c : double.NaN,
                options.Candidates).Items);
        }
        int[] items = [.. candidates];
        double[] prior = [.. items.Select(Prior)], evidence = [.. items.Select(Evidence)];
        double ofPrior = Math.Max(double.Epsilon, prior.Sum()), ofEvidence = evidence.Sum();
        var position = items.Index().ToDictionary(i => i.Item, i => i.Index);
        return ListCandidates.Of(
            items, item => (evidence[position[item]] + options.PriorPurchases * prior[position[item]] / ofPrior) / (ofEvidence + options.PriorPurchases),
            options.Candidates);

        double Prior(int item) =>
            Math.Exp(Sharpness * ((best > 0 ? work.Scores[item] / best : 0) + options.TextWeight * Math.Max(0, Cosine(query, item))))
            * Math.Pow(1 + _customers[item], options.PopularityWeight);

        double Evidence(int item) => Math.Max(0, asked.Bought(query, item) - asked.Purchases[query] * _customers[item] / _allCustomers);
    }

    private double Cosine(int query, int item)
    {
        if (vectors is null || inputs.Text is null) return 0;
        ReadOnlySpan<float> x = vectors.Vectors.Row(query), y = inputs.Text.Vectors.Row(item);
        double sum = 0;
        for (int k = 0; k < x.Length; k++) sum += (double)x[k] * y[k];
        return sum;
    }

    private static int[] CustomersOf(PlaceInputs inputs)
    {
        var (customers, last) = (new int[inputs.Catalog.Items], new int[inputs.Catalog.Items]);
        for (int user = 0; user < inputs.Purchases.Users; user++)
        {
            for (int at = inputs.Purchases.Pointers[user]; at < inputs.Purchases.Pointers[user + 1]; at++)
            {
                int item = inputs.Purchases.Items[at];
                if (last[item] == user + 1) continue;
                last[item] = user + 1;
                customers[item]++;
            }
        }
        return customers;
    }
}
