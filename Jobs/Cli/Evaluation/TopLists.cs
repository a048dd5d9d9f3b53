using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Jobs.Cli.Evaluation;

/// <summary>The K best unseen items of every user of a test set, in user order.</summary>
internal sealed class TopLists(int[] users, CandidateBlock[] blocks)
{
    public int[] Users { get; } = users;

    public static TopLists Retrieve(ICandidateRetriever retriever, IBlockScorer scorer, HoldOut split, int depth, StageContext context)
    {
        int[] users = [.. Enumerable.Range(0, split.Test.Rows).Where(u => split.Test.RowLength(u) > 0)];
        var session = retriever.Open(scorer, new RetrievalRequest(depth, split.Train.ByUser));
        var blocks = new CandidateBlock[(users.Length + CandidateBlock.MaxUsers - 1) / CandidateBlock.MaxUsers];
        long done = 0;
        Parallel.For(0, blocks.Length, new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation }, b =>
        {
            blocks[b] = session.Retrieve(users[(b * CandidateBlock.MaxUsers)..Math.Min(users.Length, (b + 1) * CandidateBlock.MaxUsers)]);
            context.Progress.Step("retrieve", Interlocked.Add(ref done, blocks[b].Users.Length), users.Length, "user");
        });
        return new TopLists(users, blocks);
    }

    /// <summary>Writes <c>user_id, rank, item_id, score</c> as Parquet.</summary>
    public void Save(string file, IdMap userIds, IdMap itemIds, IParquetWriter writer)
    {
        ColumnField[] fields =
        [
            new("user_id", ColumnType.Utf8, false), new("rank", ColumnType.Int32, false), new("item_id", ColumnType.Utf8, false),
            new("score", ColumnType.Double, false),
        ];
        using var output = writer.Create(file, fields);
        foreach (var block in blocks)
        {
            int rows = block.Counts.Sum();
            var (users, items) = (new List<byte>(), new List<byte>());
            int[] userEnds = new int[rows + 1], itemEnds = new int[rows + 1], ranks = new int[rows];
            var scores = new double[rows];
            int row = 0;
            for (int u = 0; u < block.Users.Length; u++)
            {
                for (int r = 0; r < block.Counts[u]; r++, row++)
                {
                    users.AddRange(userIds[block.Users[u]]);
                    items.AddRange(itemIds[block.ItemsOf(u)[r]]);
                    (userEnds[row + 1], itemEnds[row + 1]) = (users.Count, items.Count);
                    (ranks[row], scores[row]) = (r + 1, block.ScoresOf(u)[r]);
                }
            }
            output.Append(
                [
                    new Utf8Column(fields[0], rows, userEnds, [.. users]),
                    new ValueColumn<int>(fields[1], rows, ranks),
                    new Utf8Column(fields[2], rows, itemEnds, [.. items]),
                    new ValueColumn<double>(fields[3], rows, scores),
                ],
                rows);
        }
        output.Complete();
    }
}
