using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

[TestClass]
internal sealed class RowDotsTests
{
    [TestMethod]
    [DataRow(7)]
    [DataRow(64)]
    [DataRow(100)]
    [DataRow(768)]
    public void Products_of_many_rows_have_the_bits_of_one_after_the_other(int rank)
    {
        var random = new Random(rank);
        var table = new FactorMatrix(9, rank);
        for (int r = 0; r < 9; r++)
            foreach (ref float x in table.Row(r)) x = random.NextSingle() - 0.5f;
        foreach (var level in Enum.GetValues<SimdLevel>())
        {
            for (int count = 0; count < 8; count++)
            {
                int[] rows = [.. Enumerable.Range(0, count).Select(_ => random.Next(9))];
                var products = new float[count];
                RowDots.Write(level, table.PaddedRow(4), table, rows, products);

                float[] expected = [.. rows.Select(r => VectorMath.Dot(level, table.PaddedRow(4), table.PaddedRow(r)))];
                CollectionAssert.AreEqual(expected, products, $"{level}, {count}");
            }
        }
    }

    [TestMethod]
    public void A_row_that_the_table_does_not_have_is_refused() => Assert.ThrowsExactly<ArgumentOutOfRangeException>(
        () => RowDots.Write(new float[16], new FactorMatrix(2, 16), [0, 2], new float[2]));
}
