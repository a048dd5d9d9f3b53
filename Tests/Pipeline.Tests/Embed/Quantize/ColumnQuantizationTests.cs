using Recsys.Batch.Pipeline.Embed.Quantize;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Embed.Quantize;

/// <summary>The integers of a quantized graph, and what reads them.</summary>
[TestClass]
internal sealed class ColumnQuantizationTests
{
    [TestMethod]
    public void Pairs_of_products_fit_into_16_bits()
    {
        var found = ColumnQuantization.Of(Random(200, 40));
        Assert.IsTrue(found.Values.All(v => v is >= -64 and <= 63));
        Assert.IsLessThanOrEqualTo(short.MaxValue, 2 * byte.MaxValue * found.Values.Max(v => Math.Abs((int)v)), "vpmaddubsw adds two products");
        Assert.IsTrue(found.Values.Any(v => Math.Abs((int)v) >= 60), "the bits are used");
    }

    [TestMethod]
    public void Every_column_has_a_scale_of_its_own()
    {
        var matrix = Random(100, 3).Times([.. Enumerable.Repeat(1f, 100)]);
        for (int row = 0; row < 100; row++) (matrix.Values[row * 3 + 1], matrix.Values[row * 3 + 2]) = (1_000 * matrix.Values[row * 3], 0);
        var found = ColumnQuantization.Of(matrix);
        Assert.AreEqual(1_000, found.Scales[1] / found.Scales[0], 0.01);
        for (int at = 0; at < matrix.Values.Length; at++)
            Assert.AreEqual(matrix.Values[at], found.Scales[at % 3] * found.Values[at], found.Scales[at % 3] * 20, "clipped a little, or rounded");
        Assert.IsTrue(Enumerable.Range(0, 100).All(row => found.Values[row * 3 + 2] == 0));
    }

    [TestMethod]
    public void Grid_keeps_zero_and_covers_what_is_frequent()
    {
        var rows = new FactorMatrix(400, 2);
        var random = new SplitMix64(3, "rows");
        for (int row = 0; row < 400; row++) (rows.Row(row)[0], rows.Row(row)[1]) = ((float)random.NextNormal(), 3 + (float)random.NextNormal());
        var grid = ActivationGrid.Of(rows, [1, 1], out double error);
        Assert.IsLessThan(1e-3, error);
        Assert.IsTrue(grid.Zero is > 40 and < 160, $"{grid}");
        Assert.AreEqual(new ActivationGrid(1, 0), ActivationGrid.Of(new FactorMatrix(5, 2), [1, 1], out _));
    }

    [TestMethod]
    public void Sample_is_spread_over_all_rows()
    {
        var sample = new ActivationSample(1);
        for (int batch = 0; batch < 100; batch++) sample.Add(Enumerable.Range(batch * 100, 100).Select(i => (float)i).ToArray());
        var rows = sample.Rows();
        Assert.IsTrue(rows.Rows is > 1_000 and <= 2_048, $"{rows.Rows}");
        for (int row = 0; row < rows.Rows; row++) Assert.AreEqual(8 * row, rows.Row(row)[0], "every eighth of 10,000");
    }

    private static ConstantMatrix Random(int rows, int columns)
    {
        var random = new SplitMix64(1, "matrix");
        var values = new float[rows * columns];
        for (int i = 0; i < values.Length; i++) values[i] = (float)random.NextNormal();
        return new ConstantMatrix(values, rows, columns);
    }
}
