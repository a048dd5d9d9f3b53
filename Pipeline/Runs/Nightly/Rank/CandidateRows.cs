using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>Features of users' best candidates, by a model and statistics of one moment.</summary>
/// <param name="retrieve">The model's candidates of a block of users.</param>
/// <param name="candidates">A user's best ones that are ranked.</param>
internal sealed class CandidateRows(RankInputs inputs, Func<int[], CandidateBlock> retrieve, int candidates, StageContext context)
{
    private const int BlockUsers = 64;

    private readonly FeatureRows _features = FeatureRows.Of(inputs);

    public string[] Names => _features.Names;

    public int Width => _features.Width;

    /// <summary>Calls <paramref name="take"/> for every user, from many threads.</summary>
    /// <param name="take">Is given which of the users it is, the items, best first, and their features, one row after the other.</param>
    public void Each(int[] users, Action<int, int[], float[]> take)
    {
        int blocks = (users.Length + BlockUsers - 1) / BlockUsers, done = 0;
        var step = new Lock();
        context.ForEachPiece(blocks, () => 0, (block, _) =>
        {
            int first = block * BlockUsers;
            var found = retrieve(users[first..Math.Min(users.Length, first + BlockUsers)]);
            for (int u = 0; u < found.Users.Length; u++)
            {
                int count = Math.Min(candidates, found.Counts[u]);
                int[] items = found.ItemsOf(u)[..count].ToArray();
                var rows = new float[count * Width];
                // Some features are relative to all candidates, so all are told of where fewer are learned from.
                if (count > 0) _features.Fill(new RankedUser(inputs, found.Users[u], found.ItemsOf(u).ToArray(), found.ScoresOf(u).ToArray()), rows);
                take(first + u, items, rows);
            }
            lock (step) context.Progress.Step("rank", ++done, blocks, "blocks of users");
        });
    }
}
