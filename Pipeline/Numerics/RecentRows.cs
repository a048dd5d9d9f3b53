namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Rows that are made when asked for, kept for the thread's next calls: scorers are asked panel by panel and pair by pair for the same users. Memory a thread:
/// what was asked of <see cref="Tables"/> tables last.
/// </summary>
internal sealed class RecentRows(IFactorRows rows)
{
    /// <summary>More members than that are seldom summed.</summary>
    private const int Tables = 4;

    [ThreadStatic]
    private static Block[]? _ofThread;

    [ThreadStatic]
    private static int _oldest;

    // It stands for the table without keeping it alive.
    private readonly object _key = new();

    /// <summary>The rows side by side, each with its padding; good until the thread's next call.</summary>
    public ReadOnlySpan<float> Of(ReadOnlySpan<int> wanted)
    {
        _ofThread ??= [.. Enumerable.Range(0, Tables).Select(_ => new Block())];
        var block = Array.Find(_ofThread, b => b.Key == _key) ?? _ofThread[_oldest = (_oldest + 1) % Tables];
        int stride = FactorMatrix.StrideOf(rows.Rank);
        int length = checked(wanted.Length * stride);
        if (block.Key != _key || !block.Rows.AsSpan(0, block.Count).SequenceEqual(wanted))
        {
            // Nothing is kept of a call that fails half way.
            block.Key = null;
            if (block.Values.Length < length) block.Values = new float[length];
            if (block.Rows.Length < wanted.Length) block.Rows = new int[wanted.Length];
            for (int at = 0; at < wanted.Length; at++) rows.Write(wanted[at], block.Values.AsSpan(at * stride, stride));
            wanted.CopyTo(block.Rows);
            (block.Key, block.Count) = (_key, wanted.Length);
        }
        return block.Values.AsSpan(0, length);
    }

    private sealed class Block
    {
        public object? Key { get; set; }

        public int[] Rows { get; set; } = [];

        public int Count { get; set; }

        public float[] Values { get; set; } = [];
    }
}
