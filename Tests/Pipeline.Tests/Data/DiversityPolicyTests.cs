using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Data;

[TestClass]
internal sealed class DiversityPolicyTests
{
    internal static DiversityPolicy Policy(params int[][] shares) => new()
    {
        Origin = "initial",
        Steps = 0,
        Salt = "salt",
        Arms = [.. Enumerable.Range(1, shares[0].Length).Select(a => a / 10.0)],
        HistoryBounds = [.. Enumerable.Range(1, shares.Length - 1).Select(c => 5 * c)],
        Floor = 1_000,
        Shares = shares,
    };

    [TestMethod]
    public void Arms_are_drawn_with_the_probabilities_that_the_policy_states()
    {
        var policy = Policy([262_144, 524_288, 262_144], [1_000, 1_000, DiversityPolicy.Whole - 2_000]);
        var drawn = new int[2, 3];
        const int Users = 40_000;
        for (int u = 0; u < Users; u++)
            for (int context = 0; context < 2; context++) drawn[context, policy.ArmOf(Encoding.UTF8.GetBytes($"user {u}"), context)]++;

        for (int context = 0; context < 2; context++)
        {
            for (int arm = 0; arm < 3; arm++)
            {
                double p = policy.Probability(context, arm);
                Assert.AreEqual(p, drawn[context, arm] / (double)Users, 4 * Math.Sqrt(p * (1 - p) / Users), $"context {context}, arm {arm}");
                Assert.AreEqual(0, p - (float)p, "float32 holds a share exactly");
            }
        }
    }

    [TestMethod]
    public void A_draw_is_the_leading_bits_of_the_keyed_hash_of_the_id()
    {
        var policy = Policy([1, 1, DiversityPolicy.Whole - 2]);
        byte[] hash = System.Security.Cryptography.HMACSHA256.HashData("salt"u8, "17850"u8);
        int draw = (hash[0] << 12) | (hash[1] << 4) | (hash[2] >> 4);

        // The arm begins exactly where the draw lies.
        Assert.AreEqual(1, (Policy([draw, DiversityPolicy.Whole - draw])).ArmOf("17850"u8, 0));
        Assert.AreEqual(0, (Policy([draw + 1, DiversityPolicy.Whole - draw - 1])).ArmOf("17850"u8, 0));
        Assert.AreEqual(2, policy.ArmOf("17850"u8, 0));
    }

    [TestMethod]
    public void Another_salt_draws_anew_and_the_same_salt_alike()
    {
        var policy = Policy([DiversityPolicy.Whole / 2, DiversityPolicy.Whole / 2]);
        var other = policy with { Salt = "pepper" };
        int same = 0;
        for (int u = 0; u < 10_000; u++)
        {
            byte[] id = Encoding.UTF8.GetBytes($"{u}");
            Assert.AreEqual(policy.ArmOf(id, 0), (policy with { Steps = 7 }).ArmOf(id, 0));
            if (policy.ArmOf(id, 0) == other.ArmOf(id, 0)) same++;
        }
        Assert.AreEqual(5_000, same, 250);
    }

    [TestMethod]
    public void Contexts_are_cut_at_the_bounds_of_the_history()
    {
        var policy = Policy(
            [DiversityPolicy.Whole / 2, DiversityPolicy.Whole / 2],
            [DiversityPolicy.Whole / 2, DiversityPolicy.Whole / 2],
            [DiversityPolicy.Whole / 2, DiversityPolicy.Whole / 2]);

        CollectionAssert.AreEqual(new[] { 0, 0, 1, 1, 2, 2 }, new[] { 0, 4, 5, 9, 10, 900 }.Select(policy.ContextOf).ToArray());
        CollectionAssert.AreEqual(new[] { "under 5 items", "5 to 9 items", "10 items or more" }, Enumerable.Range(0, 3).Select(policy.ContextName).ToArray());
    }

    [TestMethod]
    public void What_was_saved_is_read_back_under_the_same_id()
    {
        using var folder = new TempFolder();
        var policy =
            Policy([DiversityPolicy.Whole / 4, DiversityPolicy.Whole / 4, DiversityPolicy.Whole / 2]) with { Origin = "learned", Steps = 3, Parent = "ab" };
        policy.Save(folder.File("policy.json"));

        var read = DiversityPolicy.Read(folder.File("policy.json"));

        Assert.AreEqual(policy.Id(), read.Id());
        Assert.AreEqual(policy.ToJson(), read.ToJson());
        Assert.AreEqual(policy.ArmOf("x"u8, 0), read.ArmOf("x"u8, 0));
        Assert.AreEqual(FileFingerprint.Of(folder.File("policy.json")), policy.Id());
    }

    [TestMethod]
    [DataRow("\"salt\": \"salt\"", "\"salt\": \"\"", "no salt")]
    [DataRow("0.2", "0.05", "ascending values of lambda")]
    [DataRow("524288", "524287", "add up to 1048576")]
    [DataRow("\"historyBounds\": []", "\"historyBounds\": [3]", "in each of 2 contexts")]
    [DataRow("\"format\": 1", "\"format\": 2", "format is 2")]
    [DataRow("{", "", "no diversity policy can be read")]
    public void A_file_that_is_no_policy_is_refused_with_what_is_wrong(string was, string becomes, string expected)
    {
        using var folder = new TempFolder();
        string text = Policy([524_288, 524_288]).ToJson();
        StringAssert.Contains(text, was);
        int at = text.IndexOf(was, StringComparison.Ordinal);
        File.WriteAllText(folder.File("policy.json"), text[..at] + becomes + text[(at + was.Length)..]);

        var error = Assert.ThrowsExactly<ArtifactException>(() => DiversityPolicy.Read(folder.File("policy.json")));

        StringAssert.Contains(error.Message, expected);
        StringAssert.Contains(error.Message, folder.File("policy.json"));
    }

    [TestMethod]
    public void Shares_add_up_whatever_the_probabilities_are()
    {
        var random = new Recsys.Batch.Pipeline.Numerics.SplitMix64(3, "shares");
        for (int round = 0; round < 500; round++)
        {
            double[] p = [.. Enumerable.Range(0, 2 + round % 7).Select(_ => random.NextDouble() + 0.01)];
            int[] shares = PolicyShares.Of(p);
            Assert.AreEqual(DiversityPolicy.Whole, shares.Sum());
            for (int a = 0; a < p.Length; a++) Assert.AreEqual(p[a] / p.Sum() * DiversityPolicy.Whole, shares[a], 1);
        }
        CollectionAssert.AreEqual(new[] { DiversityPolicy.Whole - 1, 1 }, PolicyShares.Of([1, 0]));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => PolicyShares.Of([1, double.NaN]));
    }
}
