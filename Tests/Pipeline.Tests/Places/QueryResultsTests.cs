using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.QueryResults;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class QueryResultsTests
{
    private const int Customers = 30;
    private static readonly QueryResultsOptions Options = new();
    private static readonly string?[] Titles = ["Red tea cup", "Blue tea cup", "Green kettle", "Tea towel", "Metal sign", null];

    [TestMethod]
    public void What_customers_bought_after_a_query_comes_first_and_text_behind_it()
    {
        // All who ask for a tea cup buy the blue one, though the titles of both say it; a sign goes with whatever is bought.
        var inputs = Shop(u => (600, "tea CUP"), u => 1, everybody: 4);

        var rows = Lists(inputs);

        Assert.AreEqual("i1", rows["tea cup"][0]);
        CollectionAssert.IsSubsetOf(new[] { "i0", "i1", "i3" }, rows["tea cup"].ToList());
        CollectionAssert.AreEqual(new[] { "tea cup" }, rows.Keys.ToArray());
    }

    [TestMethod]
    public void A_purchase_outside_the_window_or_before_the_search_says_nothing()
    {
        var after = Bought(Shop(u => (600, "tea cup"), u => 1));
        Assert.AreEqual(Customers, after.Bought(0, 1));
        Assert.AreEqual(0, Bought(Shop(u => (600 - 25 * 3_600 + 2 * (int)MadeLog.Day, "tea cup"), u => 1, bought: 3 * MadeLog.Day)).Bought(0, 1));
        Assert.AreEqual(0, Bought(Shop(u => (2 * (int)MadeLog.Day + 1, "tea cup"), u => 1, bought: 2 * MadeLog.Day)).Bought(0, 1));
    }

    [TestMethod]
    public void Slips_of_the_keyboard_have_the_form_that_is_asked_most()
    {
        string[] typed = ["tea cup", "tea cup", "tea  Cup", "tea cpu", "taa cup"];
        var asked = Bought(Shop(u => (600, typed[u % 5]), u => 1));

        CollectionAssert.AreEqual(new[] { "tea cup" }, asked.Queries.ToArray());
        Assert.AreEqual(Customers, asked.Bought(0, 1));
        Assert.AreEqual(3, asked.Spellings);
    }

    [TestMethod]
    [DataRow("set of 3", "set of 4", false)]
    [DataRow("metal sign", "metla sign", true)]
    [DataRow("metal sign", "mtal sigm", true)]
    [DataRow("metal sign", "mtl sig", false)]
    [DataRow("lamp", "lamb", true)]
    [DataRow("lamp", "limb", false)]
    public void Queries_are_near_by_slips_and_never_by_digits(string form, string query, bool near) =>
        Assert.AreEqual(near, QueryForms.IsNear(form, query));

    [TestMethod]
    [DataRow("kitten", "sitting", 3)]
    [DataRow("ca", "abc", 3)]
    [DataRow("tea", "eta", 1)]
    [DataRow("", "cup", 3)]
    public void Distance_counts_letters_changed_about_as_one(string a, string b, int distance) => Assert.AreEqual(distance, QueryForms.Distance(a, b));

    [TestMethod]
    public void Words_of_titles_are_no_typing_errors()
    {
        string[] queries = ["red bag", "bed bag", "rad bag"];
        int[] forms = QueryForms.Merge(queries, [9, 4, 1], w => w is "red" or "bed" or "bag");
        CollectionAssert.AreEqual(new[] { 0, 1, 0 }, forms);
    }

    [TestMethod]
    public void Typed_wrong_joins_the_same_form_as_trying_all_pairs()
    {
        var random = new SplitMix64(3, "forms");
        var typed = new SortedSet<string>(StringComparer.Ordinal);
        while (typed.Count < 300) typed.Add(string.Concat(Enumerable.Range(0, 4 + random.NextInt(8)).Select(_ => (char)('a' + random.NextInt(2)))));
        string[] queries = [.. typed];
        int[] asked = [.. queries.Select(_ => 1 + random.NextInt(50))];

        int[] forms = QueryForms.Merge(queries, asked, _ => false);

        int[] expected = new int[queries.Length];
        var accepted = new List<int>();
        foreach (int q in Enumerable.Range(0, queries.Length).OrderByDescending(q => asked[q]).ThenBy(q => queries[q], StringComparer.Ordinal))
        {
            int form = accepted.FirstOrDefault(f => asked[f] > asked[q] && QueryForms.IsNear(queries[f], queries[q]), -1);
            expected[q] = form < 0 ? q : form;
            if (form < 0) accepted.Add(q);
        }
        CollectionAssert.AreEqual(expected, forms);
        Assert.IsGreaterThan(50, forms.Index().Count(f => f.Index != f.Item), "many are somebody else's");
    }

    [TestMethod]
    public void A_query_of_few_customers_is_not_published()
    {
        var inputs = Shop(u => (600, u < 2 ? "tea towel for my aunt" : "kettle"), u => 2);
        CollectionAssert.AreEqual(new[] { "kettle" }, Lists(inputs).Keys.ToArray());
        StringAssert.Contains(MadeLog.Made(new QueryResultsPlace(Options), inputs with { MinCustomers = 31 }).Note, "none was asked by 31 known customers");
    }

    [TestMethod]
    public void Without_a_log_of_searches_it_says_so()
    {
        var inputs = Shop(u => (600, "tea"), u => 1);
        var place = new QueryResultsPlace(Options);
        Assert.IsNull(place.Lacks(inputs));
        StringAssert.Contains(place.Lacks(inputs with { Queries = null }), "Places:QueryResults:Path");
        StringAssert.Contains(place.Lacks(inputs with { NeedsNoise = true }), "Privacy:Epsilon");
    }

    [TestMethod]
    public void Rows_are_the_same_at_any_number_of_threads()
    {
        string[] words = ["tea", "cup", "kettle", "metal", "towel"];
        var inputs = Shop(u => (600, $"{words[u % 5]} {words[u % 3]}"), u => u % 5);
        var place = new QueryResultsPlace(new QueryResultsOptions { MinCustomers = 1 });
        var one = MadeLog.Made(place, inputs, threads: 1).Rows;
        Assert.IsGreaterThan(15, one.Length);
        CollectionAssert.AreEqual(one, MadeLog.Made(place, inputs, threads: 3).Rows);
    }

    /// <summary>Every customer searches once and buys once; and of the first days everybody has something more.</summary>
    private static PlaceInputs Shop(Func<int, (int Second, string Query)> search, Func<int, int> buys, int everybody = -1, uint bought = 1_200)
    {
        var rows = Enumerable.Range(0, Customers).Select(u => (u, bought, 0u, buys(u))).ToList();
        if (everybody >= 0) rows.AddRange(Enumerable.Range(0, Customers).Select(u => (u, 40 * MadeLog.Day, 0u, everybody)));
        var catalog = MadeLog.CatalogOf(Titles.Length);
        Titles.CopyTo(catalog.Titles, 0);
        return MadeLog.Inputs(MadeLog.Of(Customers, rows), Titles.Length, catalog) with
        {
            Queries = QueryLog.Of(Enumerable.Range(0, Customers).Select(u => (u, (uint)search(u).Second, search(u).Query))),
        };
    }

    private static AskedQueries Bought(PlaceInputs inputs) =>
        AskedQueries.Of(inputs.Queries!, inputs.Purchases, Options, 1, QueryResultsPlace.Titles(inputs.Catalog));

    private static Dictionary<string, string[]> Lists(PlaceInputs inputs)
    {
        // A query has blanks, so rows are read from their end.
        var rows = MadeLog.Made(new QueryResultsPlace(Options), inputs).Rows.Select(r => r.Split(' ')).ToArray();
        return rows.GroupBy(r => string.Join(' ', r[..^3])).ToDictionary(g => g.Key, g => g.Select(r => r[^2]).ToArray(), StringComparer.Ordinal);
    }
}
