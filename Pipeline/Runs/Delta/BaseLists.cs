using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Delta;

/// <summary>The base's lists by user, read from its blocks as they are needed. Memory: 8 bytes a user, and the blocks at hand.</summary>
internal sealed class BaseLists
{
    private readonly IReadOnlyList<string> _files;
    private readonly int[] _block;
    private readonly int[] _position;

    private BaseLists(IReadOnlyList<string> files, int users)
    {
        _files = files;
        _block = new int[users];
        _position = new int[users];
        _block.AsSpan().Fill(-1);
    }

    /// <summary>Looks through all lists once.</summary>
    /// <param name="users">Users there are now; the base's are the first of them.</param>
    /// <param name="look">Is shown every list's items, from many threads.</param>
    public static BaseLists Open(IReadOnlyList<string> files, int users, Action<int, ReadOnlySpan<int>> look, StageContext context)
    {
        var kept = new BaseLists(files, users);
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, files.Count, options, b =>
        {
            var lists = ListBlocks.Read(files[b]);
            for (int u = 0; u < lists.Users.Length; u++)
            {
                int user = lists.Users[u];
                (kept._block[user], kept._position[user]) = (b, u);
                look(user, lists.Items.AsSpan(lists.Offsets[u], lists.Offsets[u + 1] - lists.Offsets[u]));
            }
        });
        return kept;
    }

    public bool Has(int user) => _block[user] >= 0;

    /// <summary>The lists of <paramref name="members"/> in their order: those in <paramref name="made"/> from there, all others as the base has them.</summary>
    /// <param name="made">Lists of some members, in the members' order.</param>
    public RecommendationBlock With(int[] members, RecommendationBlock made)
    {
        var open = new Dictionary<int, RecommendationBlock>();
        var from = new (RecommendationBlock Block, int Position)[members.Length];
        int next = 0;
        for (int m = 0; m < members.Length; m++)
        {
            if (next < made.Users.Length && made.Users[next] == members[m])
            {
                from[m] = (made, next++);
                continue;
            }
            int block = _block[members[m]];
            if (!open.TryGetValue(block, out var lists)) open[block] = lists = ListBlocks.Read(_files[block]);
            from[m] = (lists, _position[members[m]]);
        }
        return GatheredLists.Of(members, from);
    }
}
