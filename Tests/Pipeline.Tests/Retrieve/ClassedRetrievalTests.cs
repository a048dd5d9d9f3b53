using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Retrieve;

/// <summary>Items of two classes, for which users have factors of their own.</summary>
[TestClass]
internal sealed class ClassedRetrievalTests
{
    private const int Users = 40;
    private const int Items = 700;

    [TestMethod]
    [DataRow(3, 10)]
    [DataRow(3, 300)]
    [DataRow(100, 1)]
    [DataRow(1, 5)]
    public void The_best_of_all_classes_are_those_of_every_score_sorted(int oneIn, int depth)
    {
        var scorer = Scorer(oneIn);
        var random = new Random(depth);
        var exclude = ExactTopTests.RandomPairs(random, Users, Items, Items);
        bool[] allowed = [.. Enumerable.Range(0, Items).Select(_ => random.Next(8) > 0)];

        var block = new ExactRetriever().Open(scorer, new RetrievalRequest(depth, exclude, allowed)).Retrieve([.. Enumerable.Range(0, Users)]);

        for (int user = 0; user < Users; user++)
        {
            float[] scores = Row(scorer, user);
            int[] expected = ExactTopTests.FullSort(scores, exclude, allowed, user, depth);
            CollectionAssert.AreEqual(expected, block.ItemsOf(user).ToArray(), $"user {user}");
            CollectionAssert.AreEqual(expected.Select(i => scores[i]).ToArray(), block.ScoresOf(user).ToArray(), $"user {user}");
        }
    }

    [TestMethod]
    public void Scores_of_a_panel_are_those_of_each_items_own_class()
    {
        var scorer = Scorer(3);
        var alone = scorer.Products.Users.Select(users => new FactorScorer(users, scorer.Products.Items)).ToArray();
        for (int user = 0; user < Users; user++)
        {
            float[] both = Row(scorer, user);
            float[][] each = [.. alone.Select(a => Row(a, user))];
            for (int item = 0; item < Items; item++) Assert.AreEqual(each[scorer.Products.ClassOf(item)][item], both[item]);
        }
    }

    private static FactorScorer Scorer(int oneIn)
    {
        var random = new Random(oneIn);
        var items = Matrix(random, Items);
        byte[] classes = [.. Enumerable.Range(0, Items).Select(_ => (byte)(random.Next(oneIn) == 0 ? 1 : 0))];
        return new FactorScorer(new InnerProducts([Matrix(random, Users), Matrix(random, Users)], items, classes));
    }

    private static FactorMatrix Matrix(Random random, int rows)
    {
        var matrix = new FactorMatrix(rows, 21);
        for (int row = 0; row < rows; row++)
            foreach (ref float x in matrix.Row(row)) x = random.NextSingle() - 0.4f;
        return matrix;
    }

    private static float[] Row(FactorScorer scorer, int user)
    {
        var row = new float[Items];
        scorer.Score([user], 0, Items, row, Items);
        return row;
    }
}
