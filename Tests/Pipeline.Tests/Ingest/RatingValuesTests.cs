using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Pipeline.Tests.Ingest;

/// <summary><c>Ingest:Ratings</c>: a rating is a value too, below the threshold as well.</summary>
[TestClass]
internal sealed class RatingValuesTests
{
    private const long Day = 86_400;

    [TestMethod]
    public void Last_rating_of_a_pair_is_kept_in_each_window_and_by_default_none()
    {
        using var night = Night();
        var plain = night.Run();
        night.Options.Ratings = RatingUse.Values;
        var result = night.Run();

        CollectionAssert.AreEqual(
            new[] { "u bad 1.5", "u bought 2", "u good 4.5", "u worse later 2", "v good 5" }, Of(result, result.Interactions.Ratings!.Rows));
        CollectionAssert.AreEqual(new[] { "u bad 1.5", "u bought 2", "u good 4.5", "u worse later 5" }, Of(result, result.HoldOut.Train.Ratings!.Rows));
        CollectionAssert.AreEqual(new[] { "u worse later 2", "v good 5" }, Of(result, result.HoldOut.TestRatings!));
        Assert.IsNull(plain.Interactions.Ratings);
        Assert.IsNull(plain.HoldOut.TestRatings);
        CollectionAssert.AreEqual(IngestStep.Pairs(plain), IngestStep.Pairs(result), "what is an interaction does not change");
        CollectionAssert.AreEqual(plain.Interactions.Disliked!.Indices, result.Interactions.Disliked!.Indices, "nor what stays off lists");
    }

    [TestMethod]
    public void Ratings_come_back_from_the_artifacts_with_their_threshold()
    {
        using var night = Night();
        night.Options.Ratings = RatingUse.Values;
        var result = night.Run();

        var back = IngestArtifacts.ReadInteractions(night.LastOutput).Ratings!;
        var holdOut = IngestArtifacts.ReadHoldOut(night.LastOutput);

        Assert.AreEqual(4f, back.Threshold);
        CollectionAssert.AreEqual(Of(result, result.Interactions.Ratings!.Rows), Of(result, back.Rows));
        CollectionAssert.AreEqual(Of(result, result.HoldOut.TestRatings!), Of(result, holdOut.TestRatings!));
        int u = Enumerable.Range(0, result.Users.Count).First(i => result.Users.Text(i) == "u");
        int good = Enumerable.Range(0, result.Items.Count).First(i => result.Items.Text(i) == "good");
        Assert.IsTrue(back.IsLiked(u, good));
        Assert.IsFalse(back.IsLiked(u, Enumerable.Range(0, result.Items.Count).First(i => result.Items.Text(i) == "bad")));
    }

    [TestMethod]
    public void A_mark_moves_with_the_way_ratings_are_used()
    {
        using var night = Night();
        night.Run();
        ulong[] before = IngestArtifacts.ReadHistoryMarks(night.LastOutput);
        night.Options.Ratings = RatingUse.Values;
        night.Run();
        CollectionAssert.AreNotEqual(before, IngestArtifacts.ReadHistoryMarks(night.LastOutput));
    }

    [TestMethod]
    public void A_random_hold_out_takes_ratings_along_and_draws_of_the_low_ones_too()
    {
        var (liked, low) = (new List<(int, int)>(), new List<(int, int)>());
        for (int user = 0; user < 50; user++)
            for (int item = 0; item < 40; item++) (item % 2 == 0 ? liked : low).Add((user, item));
        SparseRows Rows(List<(int User, int Item)> pairs, float value) => SparseRows.FromTriplets(
            50, 40, [.. pairs.Select(p => p.User)], [.. pairs.Select(p => p.Item)], [.. pairs.Select(_ => value)]);
        var all = Rows([.. liked, .. low], 3);

        var split = RandomHoldOut.Split(
            new InteractionMatrix(Rows(liked, 1), disliked: Rows(low, 1), ratings: new RatedPairs(all, 4)), 0.2, seed: 9);

        Assert.AreEqual(all.Count, split.Train.Ratings!.Count + split.TestRatings!.Count);
        int drawnLow = 0;
        for (int user = 0; user < 50; user++)
        {
            foreach (int item in split.TestRatings.RowIndices(user))
            {
                if (item % 2 == 0) Assert.IsTrue(split.Test.RowIndices(user).Contains(item), "a held rating of a held pair");
                else drawnLow++;
                Assert.IsFalse(split.Train.Ratings.Rows.RowIndices(user).Contains(item));
            }
        }
        Assert.AreEqual(200, split.Test.Count);
        Assert.AreEqual(200, drawnLow, 40, "a fifth of the low ones");
    }

    private static IngestStep Night()
    {
        var night = new IngestStep(s => s.Columns = new() { User = "user", Item = "item", Time = "time", Kind = "kind", Value = "stars" });
        night.Options.HoldOut.Cut = "1970-01-11";
        night.Options.HoldOut.ValidationCut = "1970-01-06";
        (string User, string Item, long Day, string Kind, double? Stars)[] rows =
        [
            ("u", "bad", 1, "rating", 1.5), ("u", "good", 2, "rating", 2), ("u", "good", 7, "rating", 4.5), ("u", "worse later", 8, "rating", 5),
            ("u", "worse later", 12, "rating", 2), ("u", "bought", 3, "rating", 2), ("u", "bought", 4, "purchase", null), ("v", "good", 13, "rating", 5),
        ];
        night.Parquet.Add(
            Path.Combine(night.Logs, "a.parquet"),
            ("user", rows.Select(r => r.User).ToArray()), ("item", rows.Select(r => r.Item).ToArray()), ("time", rows.Select(r => r.Day * Day).ToArray()),
            ("kind", rows.Select(r => r.Kind).ToArray()), ("stars", rows.Select(r => r.Stars).ToArray()));
        return night;
    }

    private static string[] Of(IngestResult result, SparseRows rows)
    {
        var pairs = Enumerable.Range(0, rows.Rows).SelectMany(u => Enumerable.Range(rows.Pointers[u], rows.RowLength(u)).Select(
            k => FormattableString.Invariant($"{result.Users.Text(u)} {result.Items.Text(rows.Indices[k])} {rows.Values[k]}")));
        return [.. pairs.Order(StringComparer.Ordinal)];
    }
}
