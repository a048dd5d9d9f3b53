using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Tests.Data;

[TestClass]
internal sealed class ShareIntervalTests
{
    // By hand: with z = 1.96, none of ten has z^2 / (10 + z^2) for its upper end.
    [TestMethod]
    [DataRow(0, 10, 0, 0.2775)]
    [DataRow(10, 10, 0.7225, 1)]
    [DataRow(5, 10, 0.2366, 0.7634)]
    public void Ends_are_those_of_Wilson(int hits, int cases, double low, double high)
    {
        var interval = ShareInterval.Of(hits, cases);

        Assert.AreEqual((double)hits / cases, interval.Value);
        Assert.AreEqual(low, interval.Low, 1e-4);
        Assert.AreEqual(high, interval.High, 1e-4);
    }
}
