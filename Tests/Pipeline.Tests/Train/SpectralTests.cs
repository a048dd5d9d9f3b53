using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class SpectralTests
{
    private static readonly StageContext s_context = StageContext.Quiet(2, seed: 3);

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(5)]
    [DataRow(97)]
    public void Eigenvectors_rebuild_the_matrix(int n)
    {
        var random = new SplitMix64(1, "eigen");
        var a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j <= i; j++)
                a[i * n + j] = a[j * n + i] = random.NextNormal();

        var (values, vectors) = SymmetricEigen.Leading((double[])a.Clone(), n, n, s_context.Threads);

        for (int k = 1; k < n; k++) Assert.IsTrue(values[k - 1] >= values[k], "values descend");
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                double rebuilt = 0, product = 0;
                for (int k = 0; k < n; k++)
                {
                    rebuilt += values[k] * vectors[k * n + i] * vectors[k * n + j];
                    product += vectors[i * n + k] * vectors[j * n + k];
                }
                Assert.AreEqual(a[i * n + j], rebuilt, 1e-11 * n, $"entry {i},{j}");
                Assert.AreEqual(i == j ? 1 : 0, product, 1e-12 * n, $"rows {i} and {j}");
            }
        }
    }

    [TestMethod]
    public void A_diagonal_matrix_with_equal_values_keeps_them()
    {
        double[] a = [3, 0, 0, 0, 0, 3, 0, 0, 0, 0, 1, 0, 0, 0, 0, 7];
        var (values, vectors) = SymmetricEigen.Leading(a, 4, 2);
        CollectionAssert.AreEqual(new double[] { 7, 3, 3, 1 }, values);
        CollectionAssert.AreEqual(new double[] { 0, 0, 0, 1 }, vectors[..4]);
    }

    [TestMethod]
    public void Planted_singular_values_and_vectors_come_back()
    {
        // Rows of four disjoint groups of ones: singular values are sqrt(rows * columns) of each group, vectors its indicator.
        (int Rows, int Columns)[] groups = [(40, 9), (25, 8), (16, 5), (6, 3)];
        List<int> rows = [], columns = [];
        int firstRow = 0, firstColumn = 0;
        foreach (var (r, c) in groups)
        {
            for (int i = 0; i < r; i++)
                for (int j = 0; j < c; j++)
                    (rows, columns) = ([.. rows, firstRow + i], [.. columns, firstColumn + j]);
            firstRow += r;
            firstColumn += c;
        }
        var matrix = SparseRows.FromTriplets(firstRow, firstColumn, rows.ToArray(), columns.ToArray(), Enumerable.Repeat(1f, rows.Count).ToArray());

        var found = RandomizedSvd.Right(matrix, 10, 8, 6, s_context);

        Assert.HasCount(4, found.Values);
        firstColumn = 0;
        for (int g = 0; g < groups.Length; g++)
        {
            Assert.AreEqual(Math.Sqrt(groups[g].Rows * groups[g].Columns), found.Values[g], 1e-3, $"value {g}");
            for (int column = 0; column < matrix.Columns; column++)
            {
                bool inside = column >= firstColumn && column < firstColumn + groups[g].Columns;
                Assert.AreEqual(inside ? 1 / Math.Sqrt(groups[g].Columns) : 0, Math.Abs(found.Vectors.Row(column)[g]), 1e-4, $"vector {g}, column {column}");
            }
            firstColumn += groups[g].Columns;
        }
    }

    [TestMethod]
    [DataRow("Scalar")]
    [DataRow("Vector256")]
    [DataRow("Vector512")]
    public void A_sparse_product_equals_the_dense_one_at_every_width(string width)
    {
        var level = Enum.Parse<SimdLevel>(width);
        if (level > Simd.Widest) Assert.Inconclusive($"this machine has no {level}");
        var random = new SplitMix64(2, "product");
        List<int> rows = [], columns = [];
        List<float> values = [];
        for (int k = 0; k < 900; k++)
            (rows, columns, values) = ([.. rows, random.NextInt(300)], [.. columns, random.NextInt(70)], [.. values, (float)random.NextNormal()]);
        var sparse = SparseRows.FromTriplets(300, 70, rows.ToArray(), columns.ToArray(), values.ToArray());
        var x = new FactorMatrix(70, 150);
        for (int r = 0; r < x.Rows; r++)
            foreach (ref float v in x.Row(r)) v = (float)random.NextNormal();
        var y = new FactorMatrix(300, 150);

        SparseProduct.Multiply(level, sparse, x, y, s_context);

        for (int r = 0; r < 300; r++)
        {
            for (int c = 0; c < 150; c++)
            {
                double expected = 0;
                for (int k = 0; k < sparse.RowLength(r); k++) expected += (double)sparse.RowValues(r)[k] * x.Row(sparse.RowIndices(r)[k])[c];
                Assert.AreEqual(expected, y.Row(r)[c], 1e-4, $"{r},{c}");
            }
        }
    }

    [TestMethod]
    public void A_sparse_product_in_tiles_has_the_bits_of_its_rows()
    {
        var random = new SplitMix64(3, "tiles");
        const int Items = 4200, Entries = 60;
        var (indices, values) = (new int[Items * Entries], new float[Items * Entries]);
        for (int row = 0; row < Items; row++)
        {
            for (int k = 0; k < Entries; k++) indices[row * Entries + k] = k * (Items / Entries) + random.NextInt(Items / Entries);
            for (int k = 0; k < Entries; k++) values[row * Entries + k] = (float)random.NextNormal();
        }
        var sparse = new SparseRows(Items, Items, [.. Enumerable.Range(0, Items + 1).Select(row => row * Entries)], indices, values);
        var x = new FactorMatrix(Items, 90);
        for (int r = 0; r < x.Rows; r++)
            foreach (ref float v in x.Row(r)) v = (float)random.NextNormal();
        Assert.IsTrue(TiledProduct.Suits(sparse, x), "it is taken in tiles");
        var (y, expected) = (new FactorMatrix(Items, 90), new float[x.Stride]);
        foreach (int threads in (int[])[1, 2])
        {
            SparseProduct.Multiply(sparse, x, y, StageContext.Quiet(threads));
            for (int r = 0; r < Items; r += 7)
            {
                SparseProduct.Row(sparse, r, x, expected);
                CollectionAssert.AreEqual(expected[..90], y.Row(r).ToArray(), $"row {r} on {threads} threads");
            }
        }
    }
}
