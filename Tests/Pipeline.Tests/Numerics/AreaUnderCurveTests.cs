using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Numerics;

[TestClass]
internal sealed class AreaUnderCurveTests
{
    [TestMethod]
    public void A_tie_counts_half_and_one_kind_alone_has_none()
    {
        Assert.AreEqual(0.875, AreaUnderCurve.Of<double>([0.1, 0.2, 0.2, 0.4], at => at is 2 or 3));
        Assert.AreEqual(0.5, AreaUnderCurve.Of<float>([0.3f, 0.3f], at => at == 0));
        Assert.IsNull(AreaUnderCurve.Of<float>([0.1f, 0.2f], _ => false));
        Assert.IsNull(AreaUnderCurve.Of<float>([0.1f, 0.2f], _ => true));
        Assert.IsNull(AreaUnderCurve.Of<float>([], _ => true));
    }

    [TestMethod]
    public void It_is_the_share_of_pairs_in_the_right_order()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            float[] scores = [.. Enumerable.Range(0, 60).Select(_ => random.Next(12) / 4f)];
            bool[] happened = [.. scores.Select(_ => random.Next(3) == 0)];
            var pairs = Enumerable.Range(0, 60).Where(a => happened[a])
                .SelectMany(a => Enumerable.Range(0, 60).Where(b => !happened[b]).Select(b => scores[a] > scores[b] ? 1 : scores[a] == scores[b] ? 0.5 : 0));

            Assert.AreEqual(pairs.Average(), AreaUnderCurve.Of<float>(scores, at => happened[at])!.Value, 1e-12);
        }
    }
}
