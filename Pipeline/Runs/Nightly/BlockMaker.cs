using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Explain;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Users to lists, block by block, several blocks at once: retrieve, diversify, explain, write. Blocks already there are left as they are. Memory beyond model and
/// interactions is <c>threads x block users x (9 M + 45 N)</c> bytes for M candidates and N entries, and what the retriever's panels take.
/// </summary>
internal sealed class BlockMaker(IRetrievalSession retrieval, DiversifyStage diversify, ExplainStage explain)
{
    public void Run(int[] users, int blockUsers, string folder, StageContext context)
    {
        int blocks = (users.Length + blockUsers - 1) / blockUsers;
        long done = 0;
        var step = new Lock();
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        context.Progress.Step("lists", 0, users.Length, "users");
        // One block at a time a thread, in order: a killed run then leaves no gaps wider than the threads.
        var order = System.Collections.Concurrent.Partitioner.Create(Enumerable.Range(0, blocks), System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(order, options, block =>
        {
            var members = users.AsSpan(block * blockUsers, Math.Min(blockUsers, users.Length - block * blockUsers)).ToArray();
            string path = Path.Combine(folder, ListBlocks.FileOf(block));
            if (!ListBlocks.IsWhole(path)) ListBlocks.Write(path, Make(members));
            lock (step)
            {
                done += members.Length;
                context.Progress.Step("lists", done, users.Length, "users");
            }
        });
    }

    private RecommendationBlock Make(int[] users)
    {
        var lists = diversify.Run(retrieval.Retrieve(users));
        explain.Run(lists);
        return lists;
    }
}
