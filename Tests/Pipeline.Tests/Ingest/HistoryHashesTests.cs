using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

[TestClass]
internal sealed class HistoryMarksTests : IDisposable
{
    private const long Day = 86_400;

    private readonly IngestStep _night = new(s => s.ReturnGroupPrefix = "C");

    public HistoryMarksTests()
    {
        _night.Options.HalfLifeDays = 5;
        _night.Log("a.parquet", ("ann", "x", Day, 1, 2, "1"), ("ann", "y", 2 * Day, 2, 2, "2"), ("bob", "x", 3 * Day, 1, 2, "3"));
        _night.Run();
    }

    public void Dispose() => _night.Dispose();

    private ulong[] Marks() => IngestArtifacts.ReadHistoryMarks(_night.LastOutput);

    [TestMethod]
    public void A_mark_moves_with_the_users_own_events_and_not_with_everyones_weights()
    {
        var (before, state) = (Marks(), _night.LastState);
        float weight = _night.Run(state).Interactions.ByUser.Values[0];
        _night.Log("b.parquet", ("bob", "y", 9 * Day, 1, 2, "4"), ("eve", "x", 9 * Day, 1, 2, "5"));
        var after = _night.Run(state);

        Assert.IsTrue(after.Interactions.ByUser.Values[0] < weight);
        var marks = Marks();
        Assert.AreEqual(before[0], marks[0]);
        Assert.AreNotEqual(before[1], marks[1]);
        Assert.AreEqual(3, marks.Length);
        Assert.AreNotEqual(0ul, marks[2]);
    }

    [TestMethod]
    public void Rows_that_count_for_nothing_move_no_mark_and_a_return_does()
    {
        var (before, state) = (Marks(), _night.LastState);
        _night.Log("b.parquet", ("ann", "y", 2 * Day, 2, 2, "2"), ("bob", null, 4 * Day, 1, 2, "6"));
        _night.Run(state);
        CollectionAssert.AreEqual(before, Marks(), "a repeated row, and one without an item");

        state = _night.LastState;
        _night.Log("c.parquet", ("ann", "y", 4 * Day, -1, 2, "C2"));
        _night.Run(state);
        Assert.AreNotEqual(before[0], Marks()[0]);
        Assert.AreEqual(before[1], Marks()[1]);
    }

    [TestMethod]
    public void It_matters_how_events_are_weighed_and_not_in_which_files_they_came()
    {
        var before = Marks();
        using var split = new IngestStep(s => s.ReturnGroupPrefix = "C");
        split.Options.HalfLifeDays = 5;
        split.Log("a.parquet", ("ann", "x", Day, 1, 2, "1"), ("bob", "x", 3 * Day, 1, 2, "3"));
        split.Run();
        split.Log("b.parquet", ("ann", "y", 2 * Day, 2, 2, "2"));
        split.Run(split.LastState);
        CollectionAssert.AreEqual(before, IngestArtifacts.ReadHistoryMarks(split.LastOutput));

        _night.Options.HalfLifeDays = 6;
        _night.Run(_night.LastState);
        Assert.AreNotEqual(before[0], Marks()[0]);
    }
}
