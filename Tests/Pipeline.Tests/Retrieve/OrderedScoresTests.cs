using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Pipeline.Tests.Retrieve;

[TestClass]
internal sealed class OrderedScoresTests
{
    /// <summary>On registers of 512 bits whole ones were stored once, over what lay behind the scores.</summary>
    [TestMethod]
    [DataRow(1)]
    [DataRow(15)]
    [DataRow(16)]
    [DataRow(200)]
    [DataRow(209)]
    public unsafe void What_reaches_a_value_moves_to_the_front_and_what_lies_behind_stays(int count)
    {
        const int behind = 40;
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            float[] scores = [.. Enumerable.Range(0, count + behind).Select(_ => random.NextSingle() - 0.5f)];
            int[] items = [.. Enumerable.Range(0, count + behind)];
            int depth = 1 + random.Next(count);
            var ordered = new OrderedScores(count + behind + 32);
            float[] kept = [.. scores[..count].OrderDescending().Take(depth)];
            int[] expected = [.. Enumerable.Range(0, count).Where(k => scores[k] >= kept[^1])];
            var (wereScores, wereItems) = ((float[])scores.Clone(), (int[])items.Clone());
            fixed (float* s = scores)
            fixed (int* i = items)
            {
                ordered.Fill(s, count);
                var (value, reached) = ordered.ReachedBy(depth);
                Assert.AreEqual(depth, reached);
                Assert.AreEqual(depth, ordered.Compress(s, i, value));
            }

            CollectionAssert.AreEqual(expected, items[..depth]);
            CollectionAssert.AreEqual(expected.Select(k => wereScores[k]).ToArray(), scores[..depth]);
            CollectionAssert.AreEqual(wereItems[count..], items[count..]);
            CollectionAssert.AreEqual(wereScores[count..], scores[count..]);
        }
    }
}
