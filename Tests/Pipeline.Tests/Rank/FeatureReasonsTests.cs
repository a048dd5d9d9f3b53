using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Tests.Publish;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Rank;

/// <summary>Which features carried an entry of a list.</summary>
[TestClass]
internal sealed class FeatureReasonsTests
{
    private static readonly FeatureRange[] s_ranges =
        [new("up", -9, 9, 1), new("down", -9, 9, 0), new("little", -9, 9, 0), new("high", -9, 9, 0), new("middle", -9, 9, 0)];

    [TestMethod]
    [DataRow(0.1, "high 6, up 2, middle 1 | -3.9")]
    [DataRow(0.3, "high 6, up 2 | -2.9")]
    [DataRow(1, "high 6 | -0.9")]
    public void The_greatest_shares_above_0_are_named_and_all_others_summed(double minShare, string expected)
    {
        var ranker = new LinearRanker(s_ranges, [2, -1, 0.1f, 3, 0.5f], Bias: -7);
        var block = Block([2, 4, 1, 2, 2], CandidateSource.Cf);

        new FeatureReasons(ranker, minShare).Run(block);

        Assert.AreEqual(expected, Spelled(block.Features!, 0));
    }

    [TestMethod]
    public void Where_nothing_speaks_for_an_entry_nothing_is_named()
    {
        var block = Block([0, 2, 0, 0, 0], CandidateSource.Cf);
        new FeatureReasons(new LinearRanker(s_ranges, [2, -1, 0.1f, 3, 0.5f], Bias: -7), 0.1).Run(block);
        Assert.AreEqual(" | -4", Spelled(block.Features!, 0));
        Assert.IsTrue(block.Features!.Has(0));
    }

    [TestMethod]
    [DataRow(CandidateSource.Promoted)]
    [DataRow(CandidateSource.Control)]
    public void What_the_ranker_did_not_put_there_has_none(CandidateSource source)
    {
        var block = Block([2, 4, 1, 2, 2], source);
        new FeatureReasons(new LinearRanker(s_ranges, [2, -1, 0.1f, 3, 0.5f], Bias: -7), 0.1).Run(block);
        Assert.IsFalse(block.Features!.Has(0));

        var unranked = Block([2, 4, 1, 2, 2], CandidateSource.Cf);
        unranked.Items[0] = 4;
        new FeatureReasons(new LinearRanker(s_ranges, [2, -1, 0.1f, 3, 0.5f], Bias: -7), 0.1).Run(unranked);
        Assert.IsFalse(unranked.Features!.Has(0), "one of those behind the candidates that are ranked");
    }

    /// <summary>The row is relative to all of the user's candidates, so that it has to be the one that was ranked.</summary>
    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_usual_score_and_all_shares_are_the_score_that_a_list_was_made_by(bool trees)
    {
        var history = new InteractionMatrix(new SparseRows(2, 8, [0, 1, 2], [0, 0], [1, 1]));
        var inputs = RankingTests.Inputs(history, RankingTests.Catalog([5, 1, 9, 3, 9, 2, 7, 4]));
        string[] names = FeatureRows.Of(inputs).Names;
        FeatureRange[] ranges = [.. names.Select((n, f) => new FeatureRange(n, -100, 100, 0.1f * f))];
        IRanker ranker = trees
            ? new TreeRanker(ranges, [.. Enumerable.Range(0, 20).Select(t => Stump(t, names.Length))], Bias: 0.5)
            : new LinearRanker(ranges, [.. names.Select((_, f) => 0.3f * (f % 4) - 0.4f)], Bias: 2);
        var found = new CandidateBlock([1], 9);
        for (int k = 0; k < 7; k++) (found.Items[k], found.Scores[k]) = (k + 1, 7 - k * k * 0.1f);
        found.Counts[0] = 7;

        var ranked = new Reranker(inputs, ranker, candidates: 5) { KeepsRows = true }.Run(found);
        var block = new DiversifyStage(new DiversifyOptions { Method = DiversifierCatalog.None, ListLength = 6 }, null).Run(ranked);
        new FeatureReasons(ranker, 0).Run(block);

        double usual = ranker.Shares(Array.ConvertAll(ranges, r => r.Mean), new double[names.Length]);
        for (int rank = 0; rank < 6; rank++)
        {
            Assert.AreEqual(rank < 5, block.Features!.Has(rank), "the sixth was not ranked");
            if (rank == 5) continue;
            Assert.AreEqual(ranked.ScoresOf(0)[rank], usual + block.Features.Of(rank).Sum(f => (double)f.Share) + block.Features.Others[rank], 1e-5);
        }
        Assert.IsNull(new Reranker(inputs, ranker, candidates: 5).Run(found).Ranked, "nobody asks");
    }

    [TestMethod]
    public void Lists_gathered_of_blocks_with_other_features_keep_each_its_own()
    {
        var (first, second) = (SampleLists.Ranked(SampleLists.Block(0, 2, 3, 0, 30)), SampleLists.Ranked(SampleLists.Block(2, 2, 3, 0, 30)));
        second.Features = second.Features! with { Names = ["text", "age", "score"] };
        var plain = SampleLists.Block(4, 1, 3, 0, 30);

        var all = GatheredLists.Of([3, 4, 0], [(second, 1), (plain, 0), (first, 0)]);

        Assert.AreEqual("text 1.25, age 0.625, score 0.417 | -0.5", Spelled(all.Features!, 2));
        Assert.AreEqual("score 1.25, o'neil\"s <b> 0.625, text 0.417 | -0.5", Spelled(all.Features!, 8));
        Assert.IsTrue(all.Features!.Has(0) && !all.Features.Has(1) && !Enumerable.Range(3, 3).Any(all.Features.Has));
        Assert.IsNull(GatheredLists.Of([4], [(plain, 0)]).Features);
    }

    [TestMethod]
    public void A_block_of_lists_is_read_as_written_and_without_features_as_ever()
    {
        using var folder = new TempFolder();
        var (plain, ranked) = (SampleLists.Block(0, 2, 3, 0, 30), SampleLists.Ranked(SampleLists.Block(0, 2, 3, 0, 30)));
        ListBlocks.Write(folder.File("plain.bin"), plain);
        ListBlocks.Write(folder.File("ranked.bin"), ranked);

        var read = ListBlocks.Read(folder.File("ranked.bin")).Features!;
        for (int entry = 0; entry < 6; entry++)
        {
            Assert.AreEqual(ranked.Features!.Has(entry), read.Has(entry));
            Assert.AreEqual(Spelled(ranked.Features, entry), Spelled(read, entry));
        }
        Assert.IsNull(ListBlocks.Read(folder.File("plain.bin")).Features);
        Assert.IsFalse(new ArtifactReader(folder.File("plain.bin")).Has("features.bytes"), "a night that no ranker served keeps its bytes");
    }

    private static string Spelled(ListFeatures features, int entry)
    {
        var named = features.Of(entry).Select(f => FormattableString.Invariant($"{f.Name} {Math.Round(f.Share, 3)}"));
        return FormattableString.Invariant($"{string.Join(", ", named)} | {Math.Round(features.Others[entry], 3)}");
    }

    private static DecisionTree Stump(int t, int features) => new([t % features], [0.2f * (t % 5)], [~0], [~1], [-0.1 * t, 0.07 * t]);

    private static RecommendationBlock Block(float[] row, CandidateSource source)
    {
        var block = SampleLists.Block(0, 1, 1, night: 3, items: 30);
        block.Sources[0] = source;
        block.Ranked = [new RankedRows([9, 3], [.. new float[row.Length], .. row])];
        return block;
    }
}
