using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tuning;

[TestClass]
internal sealed class EncoderTuningTests
{
    private static readonly TuningOptions s_options = new() { Use = TuningUse.Auto, Rank = 8 };

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void It_serves_where_customers_buy_what_the_vectors_say_a_little_of(bool timed)
    {
        var tuning = Of(TasteShop.Purchases(byTaste: true, timed));
        Assert.IsNotNull(tuning.Adapter, tuning.Report.ToString());
        Assert.AreEqual(timed, tuning.Report.ByTime);
        Assert.IsGreaterThan(0, tuning.Report.Gain!.Value.Low);
        Assert.IsGreaterThan(1.2 * tuning.Report.Before, tuning.Report.After);
        StringAssert.Contains(tuning.Report.ToString(), "the tuned encoder serves: recall@5 among 80 " + (timed ? "newest" : "drawn") + " items of ");
    }

    [TestMethod]
    public void The_encoder_stays_where_customers_buy_anything()
    {
        // A gain by chance is taken for one in one log of forty.
        var tunings = Enumerable.Range(0, 40).Select(log => Of(TasteShop.Purchases(byTaste: false, seed: (ulong)(100 + log)))).ToArray();
        foreach (var report in tunings.Select(t => t.Report)) TestContext.WriteLine(report.ToString());
        Assert.IsLessThanOrEqualTo(4, tunings.Count(t => t.Adapter is not null));
        Assert.IsTrue(tunings.All(t => t.Adapter is null == t.Report.Gain!.Value.Low <= 0));
        StringAssert.Contains(tunings.First(t => t.Adapter is null).Report.Why, "not surely ahead");
    }

    [TestMethod]
    public void Too_few_customers_leave_it_as_it_is()
    {
        var tuning = EncoderTuning.Of(
            TasteShop.Purchases(byTaste: true), TasteShop.Vectors(), TasteShop.Texts(), new TuningOptions { Use = TuningUse.Auto, MinUsers = 1_501 },
            StageContext.Quiet(2));
        Assert.IsNull(tuning.Adapter);
        Assert.IsNull(tuning.Report.Gain);
        StringAssert.Contains(tuning.Report.Why, "1,501 are needed (Embed:Tuning:MinUsers)");
    }

    [TestMethod]
    public void The_newest_items_are_held_out_and_equal_texts_stay_together()
    {
        var purchases = TasteShop.Purchases(byTaste: true);
        // Items 0 and 399 have one text, so the newest is as old as the oldest.
        int[] text = [.. Enumerable.Range(0, TasteShop.Items).Select(i => i == 399 ? 0 : i == 5 ? -1 : i)];
        var items = NewItems.Of(purchases, text, 42);
        Assert.IsTrue(items.ByTime);
        Assert.IsTrue(items.Old[0] && items.Old[399] && !items.Held[399]);
        Assert.IsFalse(items.Old[5] || items.Held[5], "an item without a vector is on neither side");
        int first = Array.IndexOf(items.Held, true);
        for (int item = 0; item < 399; item++)
            if (items.Held[item]) Assert.IsGreaterThanOrEqualTo(first, item);
            else if (item > first) Assert.IsFalse(items.Old[item], "what is newer than a held-out item is held out too, unless nobody bought it");
        Assert.AreEqual(79, items.Held.Count(h => h));
    }

    /// <summary>A customer of item 0 who also bought the held-out items 1 and 2 of six: 1 is the nearest, 2 the farthest.</summary>
    [TestMethod]
    public void Recall_counts_the_held_out_items_within_the_first_places()
    {
        var vectors = new FactorMatrix(8, 2);
        float[] likeness = [1, 0.9f, -1, 0.8f, 0.7f, 0.6f, 0.5f, 0.4f];
        for (int item = 0; item < 8; item++) vectors.Row(item)[0] = likeness[item];
        var rows = new SparseRows(1, 8, [0, 3], [0, 1, 2], [1, 1, 1]);
        var held = NewItems.With(old: [true, false, false, false, false, false, false, false], held: [false, true, true, true, true, true, true, true]);
        var measure = new NewItemRecall(new InteractionMatrix(rows), held);
        Assert.AreEqual((1, 7, 5), (measure.Users, measure.Items, measure.Depth));
        Assert.AreEqual(0.5, measure.Of(vectors, StageContext.Quiet(1)).Single());
        vectors.Values.AsSpan().Clear();
        Assert.AreEqual(0, measure.Of(vectors, StageContext.Quiet(1)).Single(), "where all are alike nothing is found");
    }

    private static EncoderTuning Of(InteractionMatrix purchases) =>
        EncoderTuning.Of(purchases, TasteShop.Vectors(), TasteShop.Texts(), s_options, StageContext.Quiet(2));
}
