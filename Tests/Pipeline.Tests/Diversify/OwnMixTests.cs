using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Diversify;

[TestClass]
internal sealed class CalibrationTests : DiversifierConformance
{
    protected override DiversifierDefinition Definition => Calibration.Definition;

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.4)]
    [DataRow(1)]
    public void Agrees_with_Steck_2018_computed_from_the_definition(double lambda)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var shop = new RandomShop(seed);
            var list = shop.Choose(Calibration.Definition, lambda, 12);

            // (1 - w) * (mean of s) - w * C(list), times the entries, with lambda = w / (1 - w).
            double w = lambda / (1 + lambda);
            var chosen = new List<int>();
            foreach (var entry in list)
            {
                var objective = shop.Objectives(chosen, l => (1 - w) * l.Sum(k => shop.Relevance[k]) - w * l.Count * shop.Divergence(l));
                Assert.AreEqual(objective.Values.Max(), objective[entry.Position], 1e-6);
                chosen.Add(entry.Position);
            }
        }
    }

    [TestMethod]
    public void Nearly_every_list_comes_nearer_to_its_users_mix()
    {
        int nearer = 0, users = 400;
        for (int seed = 0; seed < users; seed++)
        {
            var shop = new RandomShop(seed);
            double before = shop.Divergence([.. Enumerable.Range(0, 20)]);
            if (shop.Divergence([.. shop.Choose(Calibration.Definition, 0.5, 20).Select(e => e.Position)]) < before) nearer++;
        }
        Assert.IsGreaterThanOrEqualTo(0.95 * users, nearer);
    }

    [TestMethod]
    public void Without_a_known_history_the_list_is_by_relevance()
    {
        var shop = new RandomShop(3);
        var list = new ListEntry[10];
        Calibration.Definition.Create(new DiversifierInputs(null, shop.Mixes, 1)).Choose(7, shop.Items, shop.Relevance, list);

        CollectionAssert.AreEqual(Enumerable.Range(0, 10).ToArray(), list.Select(e => e.Position).ToArray());
    }
}

[TestClass]
internal sealed class XquadTests : DiversifierConformance
{
    protected override DiversifierDefinition Definition => Xquad.Definition;

    [TestMethod]
    [DataRow(0.05)]
    [DataRow(0.4)]
    [DataRow(1)]
    public void Agrees_with_Santos_2010_computed_from_the_definition(double lambda)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var shop = new RandomShop(seed);
            double w = lambda / shop.Mix.Max() / (1 + lambda / shop.Mix.Max());
            var chosen = new List<int>();
            foreach (var entry in shop.Choose(Xquad.Definition, lambda, 12))
            {
                var objective = shop.Candidates.Except(chosen).ToDictionary(k => k, k => (1 - w) * shop.Relevance[k] + w * Novelty(shop, chosen, k));
                Assert.AreEqual(objective.Values.Max(), objective[entry.Position], 1e-6);
                chosen.Add(entry.Position);
            }
        }
    }

    private static double Novelty(RandomShop shop, List<int> chosen, int candidate)
    {
        double sum = 0;
        for (int g = 0; g < RandomShop.Categories; g++)
        {
            double unmet = 1;
            foreach (int j in chosen) unmet *= 1 - Satisfies(j, g);
            sum += shop.Mix[g] * Satisfies(candidate, g) * unmet;
        }
        return sum;

        double Satisfies(int position, int category) => shop.CategoryOf(position) == category ? shop.Relevance[position] / 2 : 0;
    }
}

[TestClass]
internal sealed class CalibratedRelevanceTests : DiversifierConformance
{
    protected override DiversifierDefinition Definition => CalibratedRelevance.Definition;
}

/// <summary>One user with a random history, and random candidates.</summary>
internal sealed class RandomShop
{
    public const int Categories = 6;

    private readonly int[] _category;

    public RandomShop(int seed)
    {
        var random = new Random(seed);
        _category = [.. Enumerable.Range(0, 200).Select(_ => random.Next(-1, Categories))];
        var catalog = DiversifyStageTests.CatalogOf(new ulong[200], categories: [.. _category.Select(c => c < 0 ? null : $"c{c}/below")]);
        int[] history = [.. Enumerable.Range(0, 200).Where(i => _category[i] >= 0).OrderBy(i => random.NextDouble() * (1 + _category[i])).Take(15).Order()];
        Mixes = new CategoryMixes(new CategoryPaths(catalog), new SparseRows(1, 200, [0, history.Length], history, new float[history.Length]));
        Mix = [.. Enumerable.Range(0, Categories).Select(g => history.Count(i => _category[i] == g) / (double)history.Length)];
        Items = [.. Enumerable.Range(0, 200).OrderBy(_ => random.Next()).Take(80)];
        Relevance = [.. Items.Select(_ => random.NextSingle()).OrderDescending()];
    }

    public CategoryMixes Mixes { get; }

    public double[] Mix { get; }

    public int[] Items { get; }

    public float[] Relevance { get; }

    public IEnumerable<int> Candidates => Enumerable.Range(0, Items.Length);

    public int CategoryOf(int position) => _category[Items[position]];

    public ListEntry[] Choose(DiversifierDefinition method, double lambda, int length)
    {
        var list = new ListEntry[length];
        method.Create(new DiversifierInputs(null, Mixes, lambda)).Choose(0, Items, Relevance, list);
        return list;
    }

    /// <summary>Of every list with one candidate more.</summary>
    public Dictionary<int, double> Objectives(List<int> chosen, Func<List<int>, double> of) =>
        Candidates.Except(chosen).ToDictionary(k => k, k => of([.. chosen, k]));

    public double Divergence(List<int> list)
    {
        var known = list.Where(k => CategoryOf(k) >= 0).ToList();
        double sum = 0;
        for (int g = 0; g < Categories; g++)
        {
            double q = known.Count == 0 ? 0 : known.Count(k => CategoryOf(k) == g) / (double)known.Count;
            if (Mix[g] > 0) sum += Mix[g] * Math.Log(Mix[g] / (0.99 * q + 0.01 * Mix[g]));
        }
        return sum;
    }
}
