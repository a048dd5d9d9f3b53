using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Users to lists, block by block, several blocks at once. Blocks already there are left as they are. Memory beyond model and
/// interactions is <c>threads x block users x (9 M + 45 N)</c> bytes for M candidates and N entries, where a ranker serves 4 bytes more for each of its
/// features and of the candidates that it ranks, and what the retriever's panels take.
/// </summary>
/// <param name="make">The lists of up to <paramref name="blockUsers"/> users; safe to call from many threads.</param>
internal sealed class BlockMaker(int[] users, int blockUsers, Func<int[], RecommendationBlock> make)
{
    /// <summary>Path of a block's file in the stage's folder.</summary>
    public Func<int, string> FileOf { get; init; } = ListBlocks.FileOf;

    public int Count => (users.Length + blockUsers - 1) / blockUsers;

    public int Users => users.Length;

    /// <summary>Makes the blocks from <paramref name="first"/> up to, not with, <paramref name="end"/>.</summary>
    /// <param name="folder">The stage's folder.</param>
    /// <param name="scratch">
    /// Folder on the same file system in which a block is written before it is renamed in, where several processes write to <paramref name="folder"/>.
    /// </param>
    public void Run(int first, int end, string folder, string? scratch, StageContext context)
    {
        int wanted = Math.Min(end * blockUsers, users.Length) - first * blockUsers;
        long done = 0;
        var step = new Lock();
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        context.Progress.Step("lists", 0, wanted, "users");
        // One block at a time a thread, in order: a killed run then leaves no gaps wider than the threads.
        var order = System.Collections.Concurrent.Partitioner.Create(
            Enumerable.Range(first, end - first), System.Collections.Concurrent.EnumerablePartitionerOptions.NoBuffering);
        Parallel.ForEach(order, options, block =>
        {
            var members = users.AsSpan(block * blockUsers, Math.Min(blockUsers, users.Length - block * blockUsers)).ToArray();
            string path = Path.Combine(folder, FileOf(block));
            if (!ListBlocks.IsWhole(path)) Write(path, scratch, Make(members));
            lock (step)
            {
                done += members.Length;
                context.Progress.Step("lists", done, wanted, "users");
            }
        });
    }

    private static void Write(string path, string? scratch, RecommendationBlock lists)
    {
        if (scratch is null)
        {
            ListBlocks.Write(path, lists);
            return;
        }
        string made = Path.Combine(scratch, Path.GetFileName(path));
        ListBlocks.Write(made, lists);
        File.Move(made, path, overwrite: true);
    }

    /// <summary>The lists of up to a block of users, not written.</summary>
    public RecommendationBlock Make(int[] members) => make(members);
}
