namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>A chunk of users laid out in tiles, and how one tile is scored against one panel of items. One thread's.</summary>
internal abstract class TileScan(int rows, int users, TopCandidates survivors)
{
    private readonly int[] _slots = new int[(users + rows - 1) / rows * rows];

    protected TopCandidates TopCandidates { get; } = survivors;

    /// <summary>Users a tile.</summary>
    protected int Rows { get; } = rows;

    /// <summary>Tiles.</summary>
    public int Count { get; private set; }

    /// <summary>TopCandidates' slots of a tile's rows, -1 for rows that pad the last tile.</summary>
    public ReadOnlySpan<int> Slots(int tile) => _slots.AsSpan(tile * Rows, Rows);

    /// <summary>Lays out the users of <paramref name="slots"/>, to be scored from <paramref name="panel"/> on.</summary>
    public void Pack(ReadOnlySpan<int> slots, int panel)
    {
        Count = (slots.Length + Rows - 1) / Rows;
        for (int at = 0; at < Count * Rows; at++)
        {
            int slot = _slots[at] = at < slots.Length ? slots[at] : -1;
            PackRow(at / Rows, at % Rows, slot, panel);
        }
    }

    /// <summary>Gives what reaches its user's threshold to the survivors.</summary>
    public abstract void Score(int tile, int panel);

    /// <param name="slot">-1 for a row that pads its tile: nothing may reach its threshold.</param>
    protected abstract void PackRow(int tile, int row, int slot, int panel);
}
