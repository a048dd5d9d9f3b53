using System.Numerics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>
/// The n nearest rows of every row, exactly: blocks of rows times panels of the rows from the block on, since a cosine is the same from either side. Only what
/// beats a row's n-th best is looked at. Memory beside the result: 16 bytes times n an item, and a block of scores a thread, 2 MiB.
/// </summary>
/// <param name="support">What a neighbor must have besides; null: nothing.</param>
internal sealed class NearestItems(
    EmbeddingTable space, bool[] allowed, ulong[]? textHashes, int count, float minimum, PairSupport? support = null)
{
    private const int BlockRows = 128;
    private const int PanelRows = 4096;

    // A row's pool takes from blocks that several threads are at, in any order; what is in it at the end does not depend on that.
    private readonly NearestItemsHeap[] _pools = [.. Enumerable.Range(0, space.Items).Select(_ => new NearestItemsHeap(count))];

    // What a row's next neighbor must reach. Read without a lock: it only grows, so an old value lets too much by, never too little.
    private readonly float[] _least = Filled(space.Items, minimum);

    /// <summary>To be asked once: the pools keep what they took.</summary>
    public NeighborLists Find(string source, StageContext context)
    {
        int items = space.Items;
        context.ForEachPiece((items + BlockRows - 1) / BlockRows, () => new Workspace(support?.Items ?? 0), (block, workspace) =>
        {
            int first = block * BlockRows;
            Scan(first, Math.Min(BlockRows, items - first), workspace);
        });

        var offsets = new int[items + 1];
        for (int i = 0; i < items; i++) offsets[i + 1] = offsets[i] + _pools[i].Length;
        var lists = new NeighborLists(source, offsets, new int[offsets[items]], new float[offsets[items]]);
        var found = new (int Item, float Score)[count];
        for (int i = 0; i < items; i++)
        {
            int length = _pools[i].CopyTo(found);
            for (int n = 0; n < length; n++) (lists.Items[offsets[i] + n], lists.Scores[offsets[i] + n]) = found[n];
        }
        return lists;
    }

    private static float[] Filled(int length, float value)
    {
        var filled = new float[length];
        Array.Fill(filled, value);
        return filled;
    }

    private unsafe void Scan(int first, int rows, Workspace workspace)
    {
        for (int r = 0; r < rows; r++) workspace.Supported[r] = support?.Of(first + r, workspace.Counts);
        fixed (float* values = space.Vectors.Values, scores = workspace.Scores)
        {
            var all = MatrixView.Of(space.Vectors, values);
            var block = all.Part(first, 0, rows, space.Dimension);
            for (int panel = first; panel < space.Items; panel += PanelRows)
            {
                int width = Math.Min(PanelRows, space.Items - panel);
                Gemm.Multiply(block, all.Part(panel, 0, width, space.Dimension).Transposed, new MatrixView(scores, rows, width, PanelRows));
                // Within the block a pair comes by from both sides; what stands above the diagonal is taken.
                for (int r = 0; r < rows; r++)
                {
                    int skipped = panel == first ? r + 1 : 0;
                    if (skipped < width)
                        Take(first + r, panel + skipped, workspace.Scores.AsSpan(r * PanelRows + skipped, width - skipped), workspace.Supported[r]);
                }
            }
        }
    }

    /// <summary>Gives the scores of an item with those from <paramref name="others"/> on to both sides' pools.</summary>
    private void Take(int item, int others, ReadOnlySpan<float> scores, HashSet<int>? supported)
    {
        int width = Vector<float>.Count;
        for (int at = 0; at < scores.Length; at += width)
        {
            int end = Math.Min(at + width, scores.Length);
            if (end - at == width)
            {
                // Nearly always a register of scores holds none that either side wants.
                var needed = Vector.Min(new Vector<float>(_least, others + at), new Vector<float>(_least[item]));
                if (Vector.LessThanAll(new Vector<float>(scores[at..]), needed)) continue;
            }
            for (int k = at; k < end; k++) Take(item, others + k, scores[k], supported);
        }
    }

    private void Take(int item, int other, float score, HashSet<int>? supported)
    {
        bool here = score >= _least[item] && allowed[other], there = score >= _least[other] && allowed[item];
        if (!here && !there) return;
        if (textHashes is not null && textHashes[item] != 0 && textHashes[item] == textHashes[other]) return;
        if (supported?.Contains(other) == false) return;
        // Rounding may leave a cosine an ulp above 1.
        score = Math.Min(score, 1);
        if (here) Add(item, other, score);
        if (there) Add(other, item, score);
    }

    private void Add(int to, int item, float score)
    {
        var pool = _pools[to];
        lock (pool)
        {
            if (!pool.Wants(item, score)) return;
            pool.Add(item, score, textHashes is null ? 0 : textHashes[item]);
            _least[to] = MathF.Max(minimum, pool.Least);
        }
    }

    private sealed class Workspace(int counted)
    {
        public float[] Scores { get; } = new float[BlockRows * PanelRows];

        public int[] Counts { get; } = new int[counted];

        public HashSet<int>?[] Supported { get; } = new HashSet<int>?[BlockRows];
    }
}
