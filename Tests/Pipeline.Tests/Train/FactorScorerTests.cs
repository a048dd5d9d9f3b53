using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class FactorScorerTests
{
    [TestMethod]
    [DataRow(5, 0f)]
    [DataRow(64, 0f)]
    [DataRow(900, 1e-4f)]
    public void A_pair_has_the_score_that_it_has_in_a_block(int rank, float within)
    {
        const int users = 9, items = 301;
        var random = new Random(rank);
        byte[] classes = [.. Enumerable.Range(0, items).Select(i => (byte)(i % 4 == 0 ? 1 : 0))];
        IFactorRows[] rows = [Matrix(random, users, rank), new Made(Matrix(random, users, rank))];
        var scorer = new FactorScorer(new InnerProducts(rows, Matrix(random, items, rank), classes));
        var block = new float[users * items];
        scorer.Score([.. Enumerable.Range(0, users)], 0, items, block, items);
        int[] some = [.. Enumerable.Range(0, items).Where(_ => random.Next(3) == 0)];

        for (int user = 0; user < users; user++)
        {
            var pairs = new float[some.Length];
            scorer.Score(user, some, pairs);
            for (int k = 0; k < some.Length; k++) Assert.AreEqual(block[user * items + some[k]], pairs[k], within, $"user {user}, item {some[k]}");
        }
    }

    [TestMethod]
    public void Rows_that_are_made_are_made_once_for_the_same_users()
    {
        var random = new Random(1);
        var made = new Made(Matrix(random, 4, 3));
        var scorer = new FactorScorer(made, Matrix(random, 50, 3));
        var scores = new float[2 * 25];

        scorer.Score([1, 3], 0, 25, scores, 25);
        scorer.Score([1, 3], 25, 25, scores, 25);
        Assert.AreEqual(2, made.Times);

        scorer.Score([3, 1], 0, 25, scores, 25);
        Assert.AreEqual(4, made.Times);
    }

    private static FactorMatrix Matrix(Random random, int rows, int rank)
    {
        var matrix = new FactorMatrix(rows, rank);
        for (int row = 0; row < rows; row++)
            foreach (ref float x in matrix.Row(row)) x = random.NextSingle() - 0.4f;
        return matrix;
    }

    private sealed class Made(FactorMatrix rows) : IFactorRows
    {
        public int Times { get; private set; }

        public int Rows => rows.Rows;

        public int Rank => rows.Rank;

        public void Write(int row, Span<float> to)
        {
            Times++;
            rows.Write(row, to);
        }
    }
}
