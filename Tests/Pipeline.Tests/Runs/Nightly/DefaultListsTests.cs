using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Parquet;
using Recsys.Batch.Pipeline.Tests.Runs.Delta;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class DefaultListsTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_segment_lists_what_its_own_buy_and_a_small_one_what_all_do()
    {
        // Users 0 to 39 buy item 0, users 40 to 99 item 1, and user 100, alone in its segment, item 2.
        int[] bought = [.. Enumerable.Range(0, 101).Select(u => u < 40 ? 0 : u < 100 ? 1 : 2)];
        var interactions = new InteractionMatrix(
            SparseRows.FromTriplets(101, 3, [.. Enumerable.Range(0, 101)], bought, [.. Enumerable.Repeat(1f, 101)]));
        string?[] segments = [.. bought.Select(b => b switch { 0 => "men", 1 => (string?)null, _ => "alone" })];

        var lists = DefaultLists.Of(
            interactions, [true, true, true], new DiversifyStage(new DiversifyOptions { Lambda = 0, ListLength = 3 }, embeddings: null), 3, segments);

        CollectionAssert.AreEqual(new[] { "all", "alone", "men" }, lists.Segments.ToArray());
        int[] Items(int segment) => lists.Lists.Items[lists.Lists.Offsets[segment]..lists.Lists.Offsets[segment + 1]];
        CollectionAssert.AreEqual(new[] { 1, 0, 2 }, Items(0));
        CollectionAssert.AreEqual(new[] { 1, 0, 2 }, Items(1), "one customer makes no list");
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, Items(2));
    }

    [TestMethod]
    public void Many_segments_take_the_memory_of_one()
    {
        const int Users = 400, Items = 50_000, Segments = 200;
        var interactions = new InteractionMatrix(SparseRows.FromTriplets(
            Users, Items, [.. Enumerable.Range(0, Users)], [.. Enumerable.Range(0, Users).Select(u => u * 7)], [.. Enumerable.Repeat(1f, Users)]));
        string?[] segments = [.. Enumerable.Range(0, Users).Select(u => $"s{u % Segments:D3}")];
        bool[] available = [.. Enumerable.Repeat(true, Items)];
        var diversify = new DiversifyStage(new DiversifyOptions { Lambda = 0, ListLength = 3 }, embeddings: null);

        long before = GC.GetAllocatedBytesForCurrentThread();
        var lists = DefaultLists.Of(interactions, available, diversify, 3, segments);

        Assert.IsLessThan((long)Segments * Items * sizeof(double) / 4, GC.GetAllocatedBytesForCurrentThread() - before);
        // Segment 5 is that of users 5 and 205; of all others the first item follows.
        CollectionAssert.AreEqual(new[] { 35, 1_435, 0 }, lists.Lists.Items[lists.Lists.Offsets[6]..lists.Lists.Offsets[7]]);
    }

    [TestMethod]
    public async Task Segments_of_the_user_table_have_defaults_in_night_and_delta()
    {
        string log = _folder.File("log");
        DeltaShop.WriteLog(log);
        ForeignFiles.Write(
            _folder.File("users.parquet"), "id:long, segment:text", string.Join(", ", Enumerable.Range(0, 300).Select(u => $"[{u}, 'age {u % 3}']")));
        var options = DeltaShop.Options(log, _folder.File("out"));
        options.Ingest.Users = new() { Path = _folder.File("users.parquet"), Id = "id", Segment = "segment" };
        await SmallNight.Run(options);
        Assert.AreEqual("age 0: 10, age 1: 10, age 2: 10, all: 10", Segments());
        DeltaShop.NextDay(log, "5");
        await DeltaShop.Delta(options);
        Assert.AreEqual("age 0: 10, age 1: 10, age 2: 10, all: 10", Segments());

        string Segments()
        {
            using var output = OutputFolder.OpenForReading(options.Publish);
            return string.Join(", ", output.Store.SegmentDefaults().GroupBy(e => e.Segment).Select(g => $"{g.Key}: {g.Count()}"));
        }
    }
}
