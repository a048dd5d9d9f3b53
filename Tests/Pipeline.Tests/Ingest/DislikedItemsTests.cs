using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary>What a user returned, rated badly or hid is known to them and not wanted.</summary>
[TestClass]
internal sealed class DislikedItemsTests
{
    [TestMethod]
    public void Wholly_returned_items_are_disliked_until_bought_again()
    {
        using var night = new IngestStep(s => s.ReturnGroupPrefix = "C");
        night.Log(
            "a.parquet",
            ("u", "returned", 10, 2, 1, "1"),
            ("u", "returned", 20, -2, 1, "C1"),
            ("u", "in part", 10, 2, 1, "1"),
            ("u", "in part", 20, -1, 1, "C1"),
            ("u", "again", 10, 2, 1, "1"),
            ("u", "again", 20, -2, 1, "C1"),
            ("u", "again", 30, 1, 1, "2"),
            ("v", "returned", 15, 1, 1, "3"));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "u returned" }, Disliked(result));
        CollectionAssert.AreEqual(
            new[] { "u again", "u in part", "v returned" }, IngestStep.Pairs(result).Select(p => string.Join(' ', p.Split(' ')[..^2])).ToArray());
    }

    [TestMethod]
    public void Last_word_of_ratings_and_hides_decides()
    {
        using var night = new IngestStep(s =>
        {
            s.Columns = new() { User = "user", Item = "item", Time = "time", Kind = "kind", Value = "stars" };
        });
        night.Options.RatingThreshold = 4;
        (string User, string Item, string Kind, double? Stars)[] rows =
        [
            ("u", "bad", "rating", 1), ("u", "good", "rating", 5), ("u", "worse later", "rating", 5), ("u", "worse later", "rating", 2),
            ("u", "better later", "rating", 2), ("u", "better later", "rating", 5), ("u", "bought and bad", "purchase", null),
            ("u", "bought and bad", "rating", 1),
            ("u", "hidden", "view", null), ("u", "hidden", "hide", null), ("u", "hidden", "view", null), ("u", "hidden, bought", "hide", null),
            ("u", "hidden, bought", "purchase", null),
        ];
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"),
            ("user", rows.Select(r => r.User).ToArray()),
            ("item", rows.Select(r => r.Item).ToArray()),
            ("time", Enumerable.Range(1, rows.Length).Select(i => (long)i).ToArray()),
            ("kind", rows.Select(r => r.Kind).ToArray()),
            ("stars", rows.Select(r => r.Stars).ToArray()));

        var result = night.Run();

        CollectionAssert.AreEqual(new[] { "u bad", "u bought and bad", "u hidden", "u worse later" }, Disliked(result));
        CollectionAssert.AreEqual(
            new[] { "u better later", "u good", "u hidden, bought" }, IngestStep.Pairs(result).Select(p => string.Join(' ', p.Split(' ')[..^2])).ToArray());
        var back = IngestArtifacts.ReadInteractions(night.LastOutput);
        CollectionAssert.AreEqual(result.Interactions.Disliked!.Indices, back.Disliked!.Indices);
    }

    [TestMethod]
    [DataRow(false, false, "0 2 | 1 3 | 0")]
    [DataRow(true, false, "2 | 3 | 0")]
    [DataRow(false, true, "0 2 | 1 | ")]
    [DataRow(true, true, "nothing")]
    public void Lists_leave_out_what_the_options_say(bool allowSeen, bool allowDisliked, string expected)
    {
        var seen = SparseRows.FromTriplets(3, 4, [0, 0, 1], [0, 2, 1], [1, 1, 1]);
        var disliked = SparseRows.FromTriplets(3, 4, [0, 1, 2], [2, 3, 0], [1, 1, 1]);

        var excluded = new MaterializeOptions { AllowSeen = allowSeen, AllowDisliked = allowDisliked }
            .Excluded(new InteractionMatrix(seen, disliked: disliked));

        Assert.AreEqual(
            expected,
            excluded is null ? "nothing" : string.Join(" | ", Enumerable.Range(0, 3).Select(u => string.Join(' ', excluded.RowIndices(u).ToArray()))));
    }

    private static string[] Disliked(IngestResult result)
    {
        if (result.Interactions.Disliked is not { } rows) return [];
        var pairs = Enumerable.Range(0, rows.Rows).SelectMany(u => rows.RowIndices(u).ToArray().Select(i => $"{result.Users.Text(u)} {result.Items.Text(i)}"));
        return [.. pairs.Order(StringComparer.Ordinal)];
    }
}
