using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tuning;

[TestClass]
internal sealed class SpectralContrastTests
{
    private const int Users = 40, Items = 30, Width = 6;

    /// <summary>S = N^-1 P N^-1 with P and N summed pair by pair, and the map's likeness beside I + w S / s.</summary>
    [TestMethod]
    public void The_map_is_the_minimum_of_the_loss_as_its_definition_gives_it()
    {
        var options = new TuningOptions { Rank = Width, Weight = 7, Ridge = 0.2 };
        var (vectors, rows) = Random();
        bool[] usable = [.. Enumerable.Range(0, Items).Select(i => i % 7 != 3)];
        var adapter = new SpectralContrast(options).Train(new InteractionMatrix(rows), vectors, usable, StageContext.Quiet(2))!;

        var likeness = Likeness(adapter);
        var expected = Expected(vectors, rows, usable, options);
        for (int k = 0; k < expected.Length; k++) Assert.AreEqual(expected[k], likeness[k], 1e-4 * expected.Max(Math.Abs), $"at {k / Width}, {k % Width}");
    }

    [TestMethod]
    public void Fewer_directions_keep_the_leading_ones()
    {
        var (vectors, rows) = Random();
        bool[] usable = [.. Enumerable.Repeat(true, Items)];
        var all = new SpectralContrast(new TuningOptions { Rank = Width }).Train(new InteractionMatrix(rows), vectors, usable, StageContext.Quiet(1))!;
        var few = new SpectralContrast(new TuningOptions { Rank = 2 }).Train(new InteractionMatrix(rows), vectors, usable, StageContext.Quiet(1))!;
        for (int i = 0; i < Width; i++)
            for (int k = 0; k < 2; k++) Assert.AreEqual((all.Out.Row(i)[k], all.In.Row(i)[k]), (few.Out.Row(i)[k], few.In.Row(i)[k]));
    }

    [TestMethod]
    public void Threads_move_no_bit()
    {
        var purchases = TasteShop.Purchases(byTaste: true);
        bool[] usable = [.. Enumerable.Repeat(true, TasteShop.Items)];
        var one = new SpectralContrast(new TuningOptions()).Train(purchases, TasteShop.Vectors().Vectors, usable, StageContext.Quiet(1))!;
        var four = new SpectralContrast(new TuningOptions()).Train(purchases, TasteShop.Vectors().Vectors, usable, StageContext.Quiet(4))!;
        CollectionAssert.AreEqual(one.Out.Values, four.Out.Values);
        CollectionAssert.AreEqual(one.In.Values, four.In.Values);
    }

    [TestMethod]
    public void Nothing_is_learned_where_nobody_bought_two()
    {
        var (vectors, rows) = Random();
        bool[] usable = [.. Enumerable.Range(0, Items).Select(i => i == 0)];
        Assert.IsNull(new SpectralContrast(new TuningOptions()).Train(new InteractionMatrix(rows), vectors, usable, StageContext.Quiet(1)));
    }

    private static double[] Likeness(TextAdapter adapter)
    {
        var identity = new FactorMatrix(Width, Width);
        for (int i = 0; i < Width; i++) identity.Row(i)[i] = 1;
        var mapped = adapter.Apply(identity, 1);
        var products = new double[Width * Width];
        for (int i = 0; i < Width; i++)
            for (int j = 0; j < Width; j++) products[i * Width + j] = VectorMath.Dot(mapped.Row(i), mapped.Row(j));
        return products;
    }

    private static double[] Expected(FactorMatrix vectors, SparseRows rows, bool[] usable, TuningOptions options)
    {
        var together = new double[Width * Width];
        var bought = new SortedSet<int>();
        for (int user = 0; user < Users; user++)
        {
            int[] own = [.. rows.RowIndices(user).ToArray().Where(i => usable[i])];
            if (own.Length < 2) continue;
            foreach (int x in own)
            {
                bought.Add(x);
                foreach (int y in own)
                    if (x != y) AddProduct(together, vectors.Row(x), vectors.Row(y), 1.0 / (own.Length - 1));
            }
        }
        var apart = new double[Width * Width];
        foreach (int item in bought) AddProduct(apart, vectors.Row(item), vectors.Row(item), 1);
        double mean = Enumerable.Range(0, Width).Average(k => apart[k * Width + k]);
        for (int k = 0; k < Width; k++) apart[k * Width + k] += options.Ridge * mean;
        double[] inverse = Inverse(apart);
        double[] s = Product(Product(inverse, together), inverse);
        var (values, directions) = SymmetricEigen.Leading((double[])s.Clone(), Width, Width);
        var likeness = new double[Width * Width];
        for (int i = 0; i < Width; i++)
        {
            for (int j = 0; j < Width; j++)
            {
                likeness[i * Width + j] = i == j ? 1 : 0;
                for (int k = 0; k < Width; k++)
                {
                    double share = Math.Max(0, values[k]) / values[0];
                    likeness[i * Width + j] += options.Weight * share * directions[k * Width + i] * directions[k * Width + j];
                }
            }
        }
        return likeness;
    }

    private static void AddProduct(double[] to, ReadOnlySpan<float> x, ReadOnlySpan<float> y, double weight)
    {
        for (int i = 0; i < Width; i++)
            for (int j = 0; j < Width; j++) to[i * Width + j] += weight * x[i] * y[j];
    }

    private static double[] Product(double[] a, double[] b)
    {
        var c = new double[a.Length];
        for (int i = 0; i < Width; i++)
            for (int j = 0; j < Width; j++)
                for (int k = 0; k < Width; k++) c[i * Width + j] += a[i * Width + k] * b[k * Width + j];
        return c;
    }

    private static double[] Inverse(double[] a)
    {
        var factor = DoubleCholesky.Factor(a, Width)!;
        var inverse = new double[a.Length];
        for (int i = 0; i < Width; i++)
        {
            inverse[i * Width + i] = 1;
            factor.Solve(inverse.AsSpan(i * Width, Width));
        }
        return inverse;
    }

    private static (FactorMatrix Vectors, SparseRows Rows) Random()
    {
        var random = new SplitMix64(3, "spectral contrast");
        var vectors = new FactorMatrix(Items, Width);
        for (int item = 0; item < Items; item++)
            foreach (ref float value in vectors.Row(item)) value = (float)random.NextNormal();
        var pointers = new int[Users + 1];
        var indices = new List<int>();
        for (int user = 0; user < Users; user++)
        {
            indices.AddRange(Enumerable.Range(0, Items).Where(_ => random.NextDouble() < 0.1));
            pointers[user + 1] = indices.Count;
        }
        return (EmbeddingTable.Normalize(vectors).Vectors, new SparseRows(Users, Items, pointers, [.. indices], [.. indices.Select(_ => 1f)]));
    }
}
