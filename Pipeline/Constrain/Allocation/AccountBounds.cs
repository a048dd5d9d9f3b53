using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>
/// The bounds that an allocation works with: what lists that stay leave of each, no floor above what there is anybody to meet it with, and without limits that
/// could not be broken if everybody got all they could. Memory: 4 bytes an item, 8 for every item and account it counts towards, 17 an account and 4 a thread.
/// </summary>
internal sealed class AccountBounds
{
    private readonly int[] _first;
    private readonly int[] _of;
    private readonly Accounts _accounts;

    private AccountBounds(Accounts accounts, long[]? used, long[] most)
    {
        _accounts = accounts;
        int count = accounts.All.Count;
        (Bound, IsFloor, IsIdle) = (new long[count], new bool[count], new bool[count]);
        for (int a = 0; a < count; a++)
        {
            long left = Math.Max(0, accounts.All[a].Bound - (used?[a] ?? 0));
            IsFloor[a] = accounts.All[a].IsFloor;
            Bound[a] = IsFloor[a] ? Math.Min(left, most[a]) : left;
            IsIdle[a] = IsFloor[a] ? left == 0 : most[a] <= left;
        }
        _first = new int[accounts.Items + 1];
        var of = new List<int>();
        for (int item = 0; item < accounts.Items; item++)
        {
            foreach (int account in accounts.Of(item))
                if (!IsIdle[account]) of.Add(account);
            _first[item + 1] = of.Count;
        }
        _of = [.. of];
    }

    /// <summary>By account: entries that a limit leaves, and that a floor still asks for.</summary>
    public long[] Bound { get; }

    public bool[] IsFloor { get; }

    /// <summary>Accounts that no list needs to heed.</summary>
    public bool[] IsIdle { get; }

    public int Items => _first.Length - 1;

    /// <summary>The accounts that an item counts towards, without idle ones.</summary>
    public ReadOnlySpan<int> Of(int item) => _of.AsSpan(_first[item], _first[item + 1] - _first[item]);

    public ReadOnlySpan<int> ItemsOf(int account) => _accounts.ItemsOf(account);

    /// <param name="used">Entries that lists which stay as they are take of each account; null: there are none.</param>
    public static AccountBounds Count(Accounts accounts, long[]? used, IReadOnlyList<string> blocks, StageContext context)
    {
        var most = new long[accounts.All.Count];
        var gate = new Lock();
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(
            0, blocks.Count, parallel, () => (Most: new long[most.Length], Has: new int[most.Length], Touched: new List<int>()), (b, _, own) =>
            {
                var block = AllocationBlock.Read(blocks[b]);
                for (int u = 0; u < block.Users.Length; u++)
                {
                    for (int at = block.Offsets[u]; at < block.Offsets[u + 1]; at++)
                        foreach (int account in accounts.Of(block.Items[at]))
                            if (own.Has[account]++ == 0) own.Touched.Add(account);
                    foreach (int account in own.Touched)
                    {
                        own.Most[account] += Math.Min(own.Has[account], block.Lengths[u]);
                        own.Has[account] = 0;
                    }
                    own.Touched.Clear();
                }
                return own;
            },
            own =>
            {
                lock (gate)
                    for (int a = 0; a < most.Length; a++) most[a] += own.Most[a];
            });
        return new AccountBounds(accounts, used, most);
    }
}
