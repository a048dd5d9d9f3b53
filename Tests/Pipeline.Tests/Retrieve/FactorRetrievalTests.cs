using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Pipeline.Tests.Retrieve;

[TestClass]
internal sealed class FactorRetrievalTests
{
    [TestMethod]
    [DataRow(1, 40, 5)]
    [DataRow(15, 7, 12)]
    [DataRow(16, 3_001, 1)]
    [DataRow(33, 6_007, 100)]
    [DataRow(64, 2_048, 300)]
    [DataRow(200, 1_500, 20)]
    public void Agrees_bit_for_bit_with_every_product_sorted(int rank, int items, int depth)
    {
        const int users = 61;
        var random = new Random(rank + items);
        var scorer = new Factors(new FactorModel(Random(random, users, rank), Random(random, items, rank, powerLaw: true)));
        var exclude = ExactTopTests.RandomPairs(random, users, items, items);
        var allowed = Enumerable.Range(0, items).Select(_ => random.Next(8) > 0).ToArray();

        AssertExact(scorer, new RetrievalRequest(depth, exclude, allowed));
    }

    [TestMethod]
    [DataRow(1e-4f)]
    [DataRow(1e-9f)]
    [DataRow(1e7f)]
    public void Norms_of_any_size_and_far_shorter_users_and_items_are_exact_too(float scale)
    {
        var random = new Random(77);
        var model = new FactorModel(Random(random, 40, 20), Random(random, 3_000, 20, powerLaw: true));
        for (int u = 0; u < 40; u += 3)
            foreach (ref float x in model.Users.Row(u)) x *= scale * scale;
        for (int i = 0; i < 3_000; i++)
            foreach (ref float x in model.Items.Row(i)) x *= i % 7 == 0 ? scale * scale : scale;

        AssertExact(new Factors(model), new RetrievalRequest(25));
        AssertExact(new Factors(model), new RetrievalRequest(2_000));
    }

    [TestMethod]
    public void Scores_closer_than_integers_can_tell_are_told_apart()
    {
        // All items differ in the last bits only.
        var random = new Random(5);
        var model = new FactorModel(Random(random, 30, 33), new FactorMatrix(4_000, 33));
        for (int i = 0; i < 4_000; i++)
            foreach (ref float x in model.Items.Row(i)) x = 1 + random.Next(4) * 1.2e-7f;

        AssertExact(new Factors(model), new RetrievalRequest(50));
    }

    [TestMethod]
    public void Ties_of_equal_items_and_users_without_factors_go_to_the_smaller_index()
    {
        var model = new FactorModel(new FactorMatrix(2, 3), new FactorMatrix(500, 3));
        model.Users.Row(1).Fill(0.5f);
        for (int i = 0; i < 500; i++) model.Items.Row(i).Fill(i % 5);
        var exclude = SparseRows.FromTriplets(2, 500, [0, 1], [1, 9], [1f, 1f]);

        var block = new ExactRetriever().Open(new Factors(model), new RetrievalRequest(4, exclude)).Retrieve([1, 0]);

        CollectionAssert.AreEqual(new[] { 4, 14, 19, 24 }, block.ItemsOf(0).ToArray());
        CollectionAssert.AreEqual(new[] { 0, 2, 3, 4 }, block.ItemsOf(1).ToArray());
        CollectionAssert.AreEqual(new float[4], block.ScoresOf(1).ToArray());
    }

    [TestMethod]
    public void A_users_candidates_do_not_depend_on_the_block_or_the_thread()
    {
        var random = new Random(12);
        var scorer = new Factors(new FactorModel(Random(random, 700, 24), Random(random, 4_000, 24, powerLaw: true)));
        var session = new ExactRetriever().Open(scorer, new RetrievalRequest(30, ExactTopTests.RandomPairs(random, 700, 4_000, 9_000)));
        var whole = session.Retrieve([.. Enumerable.Range(0, 700)]);
        var parts = new CandidateBlock[70];

        Parallel.For(0, 70, part => parts[part] = session.Retrieve([.. Enumerable.Range(0, 10).Select(i => 699 - part - 70 * i)]));

        foreach (var part in parts)
        {
            for (int u = 0; u < part.Users.Length; u++)
            {
                CollectionAssert.AreEqual(whole.ItemsOf(part.Users[u]).ToArray(), part.ItemsOf(u).ToArray());
                CollectionAssert.AreEqual(whole.ScoresOf(part.Users[u]).ToArray(), part.ScoresOf(u).ToArray());
            }
        }
    }

    [TestMethod]
    public void Factors_that_are_not_finite_or_overflow_are_named()
    {
        var model = new FactorModel(new FactorMatrix(2, 4), new FactorMatrix(3, 4));
        model.Items.Row(2)[1] = float.NaN;
        var error = Assert.ThrowsExactly<RunFailedException>(() => new ExactRetriever().Open(new Factors(model), new RetrievalRequest(1)));
        StringAssert.Contains(error.Message, "item index 2");

        model.Items.Row(2)[1] = 1e30f;
        model.Users.Row(0)[0] = 1e30f;
        error = Assert.ThrowsExactly<RunFailedException>(() => new ExactRetriever().Open(new Factors(model), new RetrievalRequest(1)).Retrieve([1, 0]));
        StringAssert.Contains(error.Message, "user index 0");
        StringAssert.Contains(error.Message, "overflow");

        model.Users.Row(1)[3] = float.PositiveInfinity;
        error = Assert.ThrowsExactly<RunFailedException>(() => new ExactRetriever().Open(new Factors(model), new RetrievalRequest(1)).Retrieve([1, 0]));
        StringAssert.Contains(error.Message, "user index 1 are not finite");
    }

    [TestMethod]
    public void Negative_scores_are_ranked_as_well()
    {
        var model = new FactorModel(new FactorMatrix(1, 1, [-1f, .. new float[15]]), new FactorMatrix(2_000, 1));
        for (int i = 0; i < 2_000; i++) model.Items.Row(i)[0] = 1 + i;

        var block = new ExactRetriever().Open(new Factors(model), new RetrievalRequest(3)).Retrieve([0]);

        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, block.ItemsOf(0).ToArray());
    }

    [TestMethod]
    public unsafe void Kernels_of_every_width_give_the_same_bits()
    {
        const int rank = 37;
        var random = new Random(1);
        float[] users = [.. Enumerable.Range(0, rank * 14).Select(_ => random.NextSingle() - 0.5f)];
        float[] panel = [.. Enumerable.Range(0, rank * 32).Select(_ => random.NextSingle() - 0.5f)];
        float[] narrow = [.. Enumerable.Range(0, rank * 6).Select(i => users[i / 6 * 14 + i % 6])];
        var wide = new float[14 * 32];
        var half = new float[6 * 32];
        var single = new float[6 * 32];
        var all = Enumerable.Repeat(float.NegativeInfinity, 14).ToArray();
        fixed (float* u = users, n = narrow, p = panel, w = wide, h = half, s = single, t = all)
        {
            Assert.AreEqual((1u << 14) - 1, InnerProductTile512.Run(u, p, rank, t, w));
            Assert.AreEqual((1u << 6) - 1, InnerProductTile256.Run(n, p, rank, t, h));
            InnerProductTile256.OneByOne(n, p, rank, s);
            t[3] = wide.Skip(3 * 32).Take(32).Max();
            t[4] = MathF.BitIncrement(wide.Skip(4 * 32).Take(32).Max());
            Assert.AreEqual((1u << 14) - 1 - (1u << 4), InnerProductTile512.Run(u, p, rank, t, w), "a score equal to the threshold reaches it");
            Assert.AreEqual((1u << 6) - 1 - (1u << 4), InnerProductTile256.Run(n, p, rank, t, h));
        }
        CollectionAssert.AreEqual(wide[..(6 * 32)], half);
        CollectionAssert.AreEqual(single, half);
    }

    [TestMethod]
    [DataRow(0.02f, true)]
    [DataRow(1f, false)]
    public void Leading_columns_are_scanned_where_they_decide_most_pairs(float others, bool pays)
    {
        // Twenty columns carry the scores; the others are a share of them.
        var random = new Random(9);
        var model = new FactorModel(Random(random, 300, 160), Random(random, 5_000, 160));
        foreach (var rows in (FactorMatrix[])[model.Users, model.Items])
            for (int r = 0; r < rows.Rows; r++)
                foreach (ref float x in rows.Row(r)[20..]) x = others * (x - 0.1f);
        var request = new RetrievalRequest(10) { Users = 2_000, Threads = 2 };

        Assert.IsNull(LeadingBasis.Of(model.Users, model.Items, request with { Users = 0 }), "nobody is known to ask");
        var basis = LeadingBasis.Of(model.Users, model.Items, request);

        Assert.AreEqual(pays, basis is not null);
        if (pays) Assert.AreEqual(63, basis!.Rank);
        AssertExact(new Factors(model), request);
    }

    [TestMethod]
    public void Long_histories_leave_more_undecided_than_leading_columns_pay_for()
    {
        // What a user has stands before the last that is asked for, so that one has a score that many come near.
        var random = new Random(9);
        var model = new FactorModel(Random(random, 300, 160), Random(random, 5_000, 160));
        foreach (var rows in (FactorMatrix[])[model.Users, model.Items])
            for (int r = 0; r < rows.Rows; r++)
                foreach (ref float x in rows.Row(r)[20..]) x = 0.1f * (x - 0.1f);
        int[] all = [.. Enumerable.Range(0, 300)];
        var history = SparseRows.FromTriplets(
            300, 5_000, [.. all.SelectMany(u => Enumerable.Repeat(u, 1_500))], [.. all.SelectMany(_ => Enumerable.Range(0, 1_500))],
            [.. Enumerable.Repeat(1f, 300 * 1_500)]);
        var request = new RetrievalRequest(10) { Users = 2_000, Threads = 2 };

        Assert.IsNotNull(LeadingBasis.Of(model.Users, model.Items, request));
        Assert.IsNull(LeadingBasis.Of(model.Users, model.Items, request with { Exclude = history }));
    }

    /// <summary>Every way to the candidates gives those of a full sort, bit for bit; leading columns that were drawn bound scores badly.</summary>
    private static void AssertExact(Factors scorer, RetrievalRequest request)
    {
        int[] users = [.. Enumerable.Range(0, scorer.Users)];
        int rank = scorer.Products.Rank;
        var bases = new FactorMatrix?[] { null, Orthonormal(rank, (rank + 1) / 2), Orthonormal(rank, Math.Max(1, rank - 1)) };
        List<CandidateBlock> blocks = [.. bases.Select(b => Retrieve(quantize: false, b))];
        if (System.Runtime.Intrinsics.X86.Avx512BW.IsSupported) blocks.AddRange(bases.Select(b => Retrieve(quantize: true, b)));
        foreach (int user in users)
        {
            var scores = scorer.All(user);
            var expected = ExactTopTests.FullSort(scores, request.Exclude, request.Allowed, user, request.Depth);
            foreach (var block in blocks)
            {
                CollectionAssert.AreEqual(expected, block.ItemsOf(user).ToArray(), $"user {user}, {blocks.IndexOf(block)}");
                CollectionAssert.AreEqual(expected.Select(i => scores[i]).ToArray(), block.ScoresOf(user).ToArray(), $"user {user}, {blocks.IndexOf(block)}");
            }
        }

        CandidateBlock Retrieve(bool quantize, FactorMatrix? basis) => new FactorSession(
            scorer.Products.Users[0], scorer.Products.Items, request, quantize, basis).Retrieve(users);
    }

    /// <summary>Drawn columns, each made orthogonal to those before it (Gram-Schmidt, twice).</summary>
    private static FactorMatrix Orthonormal(int rank, int columns)
    {
        var random = new Random(rank);
        var basis = new FactorMatrix(rank, columns);
        var made = new List<double[]>();
        for (int c = 0; c < columns; c++)
        {
            double[] column = [.. Enumerable.Range(0, rank).Select(_ => random.NextDouble() - 0.5)];
            for (int round = 0; round < 2; round++)
                foreach (double[] other in made)
                {
                    double along = other.Zip(column).Sum(p => p.First * p.Second);
                    for (int k = 0; k < rank; k++) column[k] -= along * other[k];
                }
            double norm = Math.Sqrt(column.Sum(x => x * x));
            for (int k = 0; k < rank; k++) basis.Row(k)[c] = (float)(column[k] /= norm);
            made.Add(column);
        }
        return basis;
    }

    private static FactorMatrix Random(Random random, int rows, int rank, bool powerLaw = false)
    {
        var matrix = new FactorMatrix(rows, rank);
        for (int i = 0; i < rows; i++)
        {
            float scale = powerLaw ? 3 / MathF.Sqrt(1 + random.Next(rows)) : 1;
            var row = matrix.Row(i);
            for (int k = 0; k < rank; k++) row[k] = scale * (random.NextSingle() - 0.4f);
        }
        return matrix;
    }

    private sealed class Factors(FactorModel model) : IFactorScorer
    {
        public InnerProducts Products { get; } = new([model.Users], model.Items);

        public int Users => model.Users.Rows;

        public int Items => model.Items.Rows;

        public int PreferredPanel => 64;

        public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) =>
            throw new NotSupportedException("retrieval multiplies factors itself");

        public float[] All(int user)
        {
            var scores = new float[Items];
            for (int i = 0; i < Items; i++)
                for (int k = 0; k < model.Rank; k++) scores[i] = MathF.FusedMultiplyAdd(model.Users.Row(user)[k], model.Items.Row(i)[k], scores[i]);
            return scores;
        }
    }
}
