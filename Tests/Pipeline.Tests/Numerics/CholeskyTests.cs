using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

[TestClass]
internal unsafe sealed class CholeskyTests
{
    public static IEnumerable<object[]> Levels => GemmTests.Levels;

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Small_solve_equals_the_double_solution(SimdLevel level)
    {
        foreach (int n in new[] { 1, 3, 16, 17, 64, 100, 128 })
        {
            var a = PositiveDefinite(n, n);
            int padded = (n + 15) / 16 * 16;
            var upper = new float[padded * padded];
            for (int i = 0; i < padded; i++)
                for (int j = i; j < padded; j++)
                    upper[i * padded + j] = i < n && j < n ? (float)a[i * n + j] : i == j ? 1 : 0;
            var b = new float[padded];
            var expected = new double[n];
            for (int i = 0; i < n; i++) expected[i] = b[i] = i % 5 - 2;
            DoubleCholesky.Factor(a, n)!.Solve(expected);

            fixed (float* pu = upper, pb = b)
            {
                Assert.AreEqual(-1, SmallCholesky.Factor(level, pu, padded));
                SmallCholesky.Solve(level, pu, padded, pb);
            }

            for (int i = 0; i < padded; i++) Assert.AreEqual(i < n ? expected[i] : 0, b[i], 2e-4, $"{level} order {n}, entry {i}");
        }
    }

    [TestMethod]
    public void The_failing_pivot_is_named()
    {
        var a = new float[16 * 16];
        for (int i = 0; i < 16; i++) a[i * 17] = i == 5 ? -1 : i == 9 ? float.NaN : 1;
        fixed (float* p = a) Assert.AreEqual(5, SmallCholesky.Factor(p, 16));
        a[5 * 17] = 1;
        for (int i = 0; i < 16; i++) if (i != 9) a[i * 17] = 1;
        fixed (float* p = a) Assert.AreEqual(9, SmallCholesky.Factor(p, 16));
        Assert.IsNull(DoubleCholesky.Factor([1, 0, 0, double.NaN], 2));
        Assert.IsNull(DoubleCholesky.Factor([1, 2, 2, 1], 2));
    }

    [TestMethod]
    [DynamicData(nameof(Levels))]
    public void Gramian_update_adds_the_outer_products_of_the_chosen_rows(SimdLevel level)
    {
        const int n = 48, m = 7;
        using var s = GemmTests.Filled(m, n, 4);
        var c = new float[n * n];
        fixed (float* pc = c) SmallGramian.Update(level, 2, s.View.Data, m, n, pc, 4, 40);
        for (int i = 0; i < n; i++)
            for (int j = i; j < n; j++)
            {
                double sum = 0;
                for (int k = 0; k < m; k++) sum += 2.0 * s.View[k, i] * s.View[k, j];
                Assert.AreEqual(i is >= 4 and < 40 ? sum : 0, c[i * n + j], 1e-5, $"[{i},{j}]");
            }
    }

    [TestMethod]
    public void Large_inverse_times_the_matrix_is_the_identity_for_any_threads()
    {
        foreach (var (n, block) in new[] { (1, 16), (50, 16), (96, 32), (200, 64) })
        {
            var a = PositiveDefinite(n, 9);
            using var one = Copy(a, n);
            using var three = Copy(a, n);
            double done = 0;

            LargeInverse.Invert(one, block, 1, share => done = share, default);
            LargeInverse.Invert(three, block, 3, null, default);

            Assert.AreEqual(1, done, 1e-12);
            for (int i = 0; i < n; i++)
            {
                Assert.IsTrue(one.Row(i).SequenceEqual(three.Row(i)), $"order {n}, row {i}");
                for (int j = 0; j < n; j++)
                {
                    double sum = 0;
                    for (int k = 0; k < n; k++) sum += one.Row(i)[k] * a[k * n + j];
                    Assert.AreEqual(i == j ? 1 : 0, sum, 1e-4, $"order {n} [{i},{j}]");
                }
            }
        }
    }

    [TestMethod]
    public void A_matrix_not_positive_definite_is_an_error_that_says_what_to_do()
    {
        using var a = new LargeMatrix(40, 40);
        for (int i = 0; i < 40; i++) a.Row(i)[i] = i == 33 ? 0 : 1;
        var thrown = Assert.ThrowsExactly<RunFailedException>(() => LargeInverse.Invert(a));
        StringAssert.Contains(thrown.Message, "row 33", StringComparison.Ordinal);
        StringAssert.Contains(thrown.Message, "regularization", StringComparison.Ordinal);
    }

    private static double[] PositiveDefinite(int n, int seed)
    {
        var random = new Random(seed);
        var x = Enumerable.Range(0, n * n).Select(_ => random.NextDouble() - 0.5).ToArray();
        var a = new double[n * n];
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
            {
                for (int k = 0; k < n; k++) a[i * n + j] += x[i * n + k] * x[j * n + k];
                if (i == j) a[i * n + j] += 0.5;
                a[i * n + j] = (float)a[i * n + j];
            }
        return a;
    }

    private static LargeMatrix Copy(double[] a, int n)
    {
        var matrix = new LargeMatrix(n, n);
        for (int i = 0; i < n; i++)
            for (int j = 0; j < n; j++)
                matrix.Row(i)[j] = (float)a[i * n + j];
        return matrix;
    }
}
