using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.UserVectors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Places;

[TestClass]
internal sealed class UserVectorsTests
{
    private static readonly UserVectorOptions s_options = new() { Enabled = true, Count = 2 };

    [TestMethod]
    public void A_vector_is_the_mean_of_what_was_bought_each_item_once()
    {
        // Items 0 and 1 stand at right angles; 0 was bought twice, 3 has no text.
        var inputs = Inputs(MadeLog.Of(2, [(0, 1, 0, 0), (0, 2, 0, 0), (0, 2, 0, 1), (0, 3, 0, 3), (1, 5, 0, 3)]), Text([1, 0], [0, 1], [0.6f, 0.8f], [0, 0]));
        string row = MadeLog.Made(new UserVectorsPlace(s_options), inputs).Rows.Single();

        // user, rank, the nearest of what they bought, its cosine, items, concentration, vector
        string[] values = row.Split(' ');
        CollectionAssert.AreEqual(new[] { "u0", "1", "i0" }, values[..3]);
        Assert.AreEqual(Math.Sqrt(0.5), Number(values[3]), 1e-6);
        Assert.AreEqual("2", values[4]);
        Assert.AreEqual(Math.Sqrt(0.5), Number(values[5]), 1e-6);
        Assert.AreEqual("[0.70711,0.70711]", values[6]);
    }

    [TestMethod]
    public void A_later_basket_counts_more_and_ages_as_one()
    {
        var log = MadeLog.Of(1, [(0, 1, 0, 0), (0, 9, 0, 1), (0, 9, 0, 2)]);
        var text = Text([1, 0, 0], [0, 1, 0], [0, 0, 1]);
        var vector = new float[3];
        var (items, concentration, typical, cosine) = new InterestVectors(log, text, 0.5).Fill(0, vector);

        Assert.AreEqual(3, items);
        Assert.AreEqual(0.5, vector[0] / vector[1], 1e-6);
        Assert.AreEqual(vector[1], vector[2]);
        Assert.AreEqual(1, Math.Sqrt(vector.Sum(v => (double)v * v)), 1e-6);
        Assert.AreEqual(Math.Sqrt(0.25 + 1 + 1) / 2.5, concentration, 1e-6);
        Assert.AreEqual(1, typical, "of the later basket, the smaller index");
        Assert.AreEqual(vector[1], cosine, 1e-6);
        new InterestVectors(log with { HasTime = false }, text, 0.5).Fill(0, vector);
        Assert.AreEqual(vector[0], vector[1], "without time all weigh alike");
    }

    [TestMethod]
    public void Interests_are_nearest_items_that_may_be_shown_and_were_not_bought()
    {
        var inputs = Inputs(
            MadeLog.Of(1, [(0, 1, 0, 0)]), Text([1, 0], [0.99f, 0.1f], [0.9f, 0.4f], [0.8f, 0.6f], [-1, 0], [0.5f, 0.9f]));
        inputs.Catalog.Available[1] = false;
        var rows = MadeLog.Made(new UserInterestsPlace(s_options), inputs).Rows.Select(r => r.Split(' ')).ToArray();

        CollectionAssert.AreEqual(new[] { "u0 1 i2", "u0 2 i3" }, rows.Select(r => string.Join(' ', r[..3])).ToArray());
        Assert.AreEqual(0.9 / Math.Sqrt(0.97), Number(rows[0][3]), 1e-6);
        var all = MadeLog.Made(new UserInterestsPlace(new UserVectorOptions { Enabled = true, Count = 100 }), inputs).Rows;
        CollectionAssert.AreEqual(new[] { "i2", "i3", "i5" }, all.Select(r => r.Split(' ')[2]).ToArray(), "the contrary is not near");
    }

    [TestMethod]
    public void Nearest_items_are_those_of_a_plain_scan_at_any_number_of_threads()
    {
        const int Users = 300, Items = 700;
        var random = new SplitMix64(8, "text");
        var text = Text([.. Enumerable.Range(0, Items).Select(_ => Enumerable.Range(0, 9).Select(_ => (float)random.NextNormal()).ToArray())]);
        var log = MadeLog.Of(Users, MadeLog.Chance(600, Items, 6, seed: 2, users: Users));
        var inputs = Inputs(log, text);
        string[] one = MadeLog.Made(new UserInterestsPlace(s_options), inputs, threads: 1).Rows;

        CollectionAssert.AreEqual(one, MadeLog.Made(new UserInterestsPlace(s_options), inputs, threads: 4).Rows);
        var interests = new InterestVectors(log, text, 1);
        var vector = new float[9];
        foreach (var rows in one.Select(r => r.Split(' ')).GroupBy(r => r[0]))
        {
            int user = int.Parse(rows.Key.AsSpan(1), null);
            interests.Fill(user, vector);
            var bought = log.Items[log.Pointers[user]..log.Pointers[user + 1]];
            var plain = Enumerable.Range(0, Items).Except(bought).OrderByDescending(i => PlaceInputs.Cosine(vector, text.Vectors.Row(i))).Take(2);
            CollectionAssert.AreEqual(plain.Select(i => $"i{i}").ToArray(), rows.Select(r => r[2]).ToArray(), rows.Key);
        }
        Assert.IsGreaterThan(250, one.Length);
    }

    [TestMethod]
    public void It_is_off_unless_asked_for_and_says_what_it_lacks()
    {
        var inputs = Inputs(MadeLog.Of(1, [(0, 1, 0, 0)]), Text([1, 0]));
        StringAssert.Contains(new UserVectorsPlace(new UserVectorOptions()).Lacks(inputs), "Places:UserVectors:Enabled");
        StringAssert.Contains(new UserInterestsPlace(s_options).Lacks(inputs with { Text = null }), "nothing was embedded");
        Assert.IsNull(new UserVectorsPlace(s_options).Lacks(inputs));
        var check = new OptionsCheck("Places:UserVectors");
        new UserVectorOptions { Count = 0 }.Validate(check);
        StringAssert.Contains(check.Faults.Single(), "Places:UserVectors:Count is 0");
    }

    [TestMethod]
    public void A_vector_as_text_is_json_without_a_negative_zero()
    {
        string text = UserVectorsPlace.Json([0.123456f, -0.000001f, -1, 1e-5f]);
        Assert.AreEqual("[0.12346,0,-1,0.00001]", text);
        Assert.HasCount(4, JsonSerializer.Deserialize<float[]>(text)!);
    }

    private static double Number(string text) => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static PlaceInputs Inputs(PurchaseLog log, EmbeddingTable text) => MadeLog.Inputs(log, text.Items, text: text);

    private static EmbeddingTable Text(params float[][] rows)
    {
        var matrix = new FactorMatrix(rows.Length, rows[0].Length);
        for (int i = 0; i < rows.Length; i++) rows[i].CopyTo(matrix.Row(i));
        return EmbeddingTable.Normalize(matrix);
    }
}
