using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Retrieve;

namespace Recsys.Batch.Benchmarks;

/// <summary>recall@k (hits by test size, as in LightGCN) and NDCG@k over all users with test items, so that a time never stands without its quality.</summary>
internal static class HoldOutQuality
{
    public static (double Recall, double Ndcg) Of(IBlockScorer scorer, SparseRows train, SparseRows test, int depth, int threads)
    {
        var retrieval = new ExactRetriever().Open(scorer, new RetrievalRequest(depth, train));
        int[] users = [.. Enumerable.Range(0, test.Rows).Where(u => test.RowLength(u) > 0)];
        int[][] blocks = [.. users.Chunk(CandidateBlock.MaxUsers)];
        var sums = new (double Recall, double Ndcg)[blocks.Length];
        ParallelFor.Run(blocks.Length, threads, b =>
        {
            var block = retrieval.Retrieve(blocks[b]);
            for (int u = 0; u < blocks[b].Length; u++)
            {
                var truth = test.RowIndices(blocks[b][u]);
                var ranked = block.ItemsOf(u);
                int hits = 0;
                double gain = 0;
                for (int rank = 0; rank < ranked.Length; rank++)
                {
                    if (truth.BinarySearch(ranked[rank]) < 0) continue;
                    hits++;
                    gain += 1 / Math.Log2(rank + 2);
                }
                double ideal = 0;
                for (int rank = 0; rank < Math.Min(depth, truth.Length); rank++) ideal += 1 / Math.Log2(rank + 2);
                sums[b].Recall += (double)hits / truth.Length;
                sums[b].Ndcg += gain / ideal;
            }
        });
        return (sums.Sum(s => s.Recall) / users.Length, sums.Sum(s => s.Ndcg) / users.Length);
    }
}
