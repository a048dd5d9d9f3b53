using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.QueryResults;

/// <summary>
/// The queries that are asked most, each in its most asked form, and which items customers bought after them. A customer counts once a query and item; what
/// was bought after several queries counts for each of them a part. Memory: 16 bytes a search, and 24 a query and item.
/// </summary>
internal sealed class AskedQueries
{
    private readonly Dictionary<(int Query, int Item), double> _bought = [];
    private readonly List<int>[] _items;

    private AskedQueries(string[] queries, int searches, int spellings)
    {
        (Queries, Searches, Spellings) = (queries, searches, spellings);
        _items = [.. queries.Select(_ => new List<int>())];
        Purchases = new double[queries.Length];
    }

    /// <summary>Normalized, in ordinal order.</summary>
    public IReadOnlyList<string> Queries { get; }

    public int Searches { get; }

    /// <summary>Distinct queries that were asked, other spellings of others included.</summary>
    public int Spellings { get; }

    /// <summary>Purchases after each query.</summary>
    public double[] Purchases { get; }

    /// <summary>Items bought after a query, ascending.</summary>
    public IReadOnlyList<int> ItemsAfter(int query) => _items[query];

    public double Bought(int query, int item) => _bought.GetValueOrDefault((query, item));

    public static AskedQueries Of(QueryLog log, PurchaseLog purchases, QueryResultsOptions options, int minCustomers, Bm25 titles)
    {
        var words = new QueryWords();
        string[] normalized = [.. log.Queries.Select(words.Normalized)];
        string[] distinct = [.. normalized.Where(q => q.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        var numbers = distinct.Index().ToDictionary(q => q.Item, q => q.Index, StringComparer.Ordinal);
        int[] numberOf = [.. normalized.Select(q => q.Length > 0 ? numbers[q] : -1)];
        var asked = new int[distinct.Length];
        foreach (int text in log.Texts)
            if (numberOf[text] >= 0) asked[numberOf[text]]++;
        int[] forms = QueryForms.Merge(distinct, asked, titles.Knows);
        int[] formOf = [.. numberOf.Select(n => n < 0 ? -1 : forms[n])];

        var customers = new int[distinct.Length];
        var last = new int[distinct.Length];
        Array.Fill(last, -1);
        for (int at = 0; at < log.Count; at++)
        {
            // Rows of a customer stand together.
            int form = formOf[log.Texts[at]];
            if (form < 0 || last[form] == log.Users[at]) continue;
            last[form] = log.Users[at];
            customers[form]++;
        }
        int[] head =
        [
            .. Enumerable.Range(0, distinct.Length).Where(f => customers[f] >= minCustomers)
                .OrderByDescending(f => customers[f]).ThenBy(f => f).Take(options.MaxQueries).Order(),
        ];
        var result = new AskedQueries([.. head.Select(f => distinct[f])], log.Count, distinct.Length);
        var position = new int[distinct.Length];
        Array.Fill(position, -1);
        for (int h = 0; h < head.Length; h++) position[head[h]] = h;
        result.Count(log, purchases, [.. formOf.Select(f => f < 0 ? -1 : position[f])], (uint)Math.Round(options.WindowHours * 3_600));
        return result;
    }

    private void Count(QueryLog log, PurchaseLog purchases, int[] queryOf, uint window)
    {
        var seen = new HashSet<(int Query, int Item)>();
        var open = new HashSet<int>();
        for (int from = 0, to; from < log.Count; from = to)
        {
            int user = log.Users[from];
            for (to = from; to < log.Count && log.Users[to] == user; to++)
            {
            }
            seen.Clear();
            int first = from;
            for (int at = purchases.Pointers[user]; at < purchases.Pointers[user + 1]; at++)
            {
                uint second = purchases.Seconds[at];
                while (first < to && log.Seconds[first] + (long)window < second) first++;
                open.Clear();
                for (int k = first; k < to && log.Seconds[k] <= second; k++)
                    if (queryOf[log.Texts[k]] >= 0) open.Add(queryOf[log.Texts[k]]);
                foreach (int query in open)
                {
                    if (!seen.Add((query, purchases.Items[at]))) continue;
                    ref double bought = ref CollectionsMarshal.GetValueRefOrAddDefault(_bought, (query, purchases.Items[at]), out bool known);
                    if (!known) _items[query].Add(purchases.Items[at]);
                    bought += 1.0 / open.Count;
                    Purchases[query] += 1.0 / open.Count;
                }
            }
        }
        foreach (var items in _items) items.Sort();
    }
}
