using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

[TestClass]
internal unsafe sealed class GemmTests
{
    public static IEnumerable<object[]> Levels => Enum.GetValues<SimdLevel>().Where(l => l <= Simd.Widest).Select(l => new object[] { l });

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Product_equals_the_double_reference_for_odd_shapes_and_every_transpose(SimdLevel level)
    {
        foreach (var (m, n, k) in new[] { (1, 1, 1), (14, 32, 256), (15, 33, 257), (3, 100, 7), (63, 5, 300), (600, 70, 20) })
        {
            foreach (bool transposeA in new[] { false, true })
            {
                foreach (bool transposeB in new[] { false, true })
                {
                    foreach (bool transposeC in new[] { false, true })
                    {
                        using var a = Filled(transposeA ? k : m, transposeA ? m : k, 1);
                        using var b = Filled(transposeB ? n : k, transposeB ? k : n, 2);
                        using var c = Filled(transposeC ? n : m, transposeC ? m : n, 3);
                        using var before = Filled(transposeC ? n : m, transposeC ? m : n, 3);
                        var va = transposeA ? a.View.Transposed : a.View;
                        var vb = transposeB ? b.View.Transposed : b.View;
                        var vc = transposeC ? c.View.Transposed : c.View;
                        var was = transposeC ? before.View.Transposed : before.View;

                        Gemm.MultiplyAdd(level, -0.5f, va, vb, vc, threads: 2);

                        for (int i = 0; i < m; i++)
                            for (int j = 0; j < n; j++)
                            {
                                double sum = 0;
                                for (int s = 0; s < k; s++) sum += (double)va[i, s] * vb[s, j];
                                Assert.AreEqual(was[i, j] - 0.5 * sum, vc[i, j], 1e-5 * Math.Sqrt(k), $"{level} {m}x{n}x{k} [{i},{j}]");
                            }
                    }
                }
            }
        }
    }

    [TestMethod]
    public void One_thread_and_three_give_the_same_bits()
    {
        using var a = Filled(1500, 300, 1);
        using var b = Filled(300, 1100, 2);
        using var one = new LargeMatrix(1500, 1100);
        using var three = new LargeMatrix(1500, 1100);
        Gemm.Multiply(a.View, b.View, one.View, 1);
        Gemm.Multiply(a.View, b.View, three.View, 3);
        for (int i = 0; i < 1500; i++) Assert.IsTrue(one.Row(i).SequenceEqual(three.Row(i)), $"row {i}");

        var gramOne = new double[300 * 300];
        var gramThree = new double[300 * 300];
        Gramian.Of(a.View, gramOne, 1);
        Gramian.Of(a.View, gramThree, 3);
        CollectionAssert.AreEqual(gramOne, gramThree);
    }

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Gramian_and_cross_product_equal_the_double_reference(SimdLevel level)
    {
        foreach (var (rows, columns) in new[] { (1, 1), (2500, 17), (700, 64), (300, 290) })
        {
            using var a = Filled(rows, columns, 5);
            using var b = Filled(rows, 9, 6);
            var gram = new double[columns * columns];
            var cross = new double[columns * 9];
            Gramian.Of(level, a.View, gram, 2);
            Gramian.Cross(level, a.View, b.View, cross, 2);
            for (int i = 0; i < columns; i++)
            {
                for (int j = 0; j < columns; j++)
                {
                    double sum = 0;
                    for (int r = 0; r < rows; r++) sum += (double)a.View[r, i] * a.View[r, j];
                    Assert.AreEqual(sum, gram[i * columns + j], 2e-5 * Math.Sqrt(rows), $"{level} {rows}x{columns} [{i},{j}]");
                }
                for (int j = 0; j < 9; j++)
                {
                    double sum = 0;
                    for (int r = 0; r < rows; r++) sum += (double)a.View[r, i] * b.View[r, j];
                    Assert.AreEqual(sum, cross[i * 9 + j], 2e-5 * Math.Sqrt(rows));
                }
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Dot_and_axpy_work_for_every_length(SimdLevel level)
    {
        for (int length = 0; length < 150; length++)
        {
            var x = Enumerable.Range(0, length).Select(i => (i % 7) - 3f).ToArray();
            var y = Enumerable.Range(0, length).Select(i => (i % 5) - 2f).ToArray();
            Assert.AreEqual(x.Zip(y, (p, q) => p * q).Sum(), VectorMath.Dot(level, x, y));
            var expected = x.Zip(y, (p, q) => q + 2 * p).ToArray();
            VectorMath.Axpy(level, 2, x, y);
            CollectionAssert.AreEqual(expected, y);
        }
    }

    [TestMethod]
    public void Factor_products_leave_the_padding_zero()
    {
        var a = new FactorMatrix(5, 3);
        var b = new FactorMatrix(7, 3);
        a.Row(2)[1] = 2;
        b.Row(6)[1] = 3;
        var product = new FactorMatrix(5, 7);
        Gemm.MultiplyTransposed(a, b, product);
        Assert.AreEqual(6f, product.Row(2)[6]);
        Assert.AreEqual(6f, product.Values.Sum());
        var cross = new FactorMatrix(3, 3);
        Gemm.TransposedMultiply(a, a, cross);
        Assert.AreEqual(4f, cross.Row(1)[1]);
    }

    [TestMethod]
    public void Shapes_that_do_not_fit_are_refused()
    {
        using var a = new LargeMatrix(2, 3);
        Assert.ThrowsExactly<ArgumentException>(() => Gemm.Multiply(a.View, a.View, a.View));
    }

    internal static LargeMatrix Filled(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        var matrix = new LargeMatrix(rows, columns);
        for (int r = 0; r < rows; r++)
            foreach (ref float x in matrix.Row(r)) x = random.NextSingle() - 0.5f;
        return matrix;
    }
}
