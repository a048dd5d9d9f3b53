using System.Numerics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>
/// The n nearest rows of every row, exactly: blocks of rows times panels of all rows, of which only what beats a row's n-th best is looked at. Memory beside
/// the result: a block of scores and of pools a thread, 2 MiB, whatever the number of items.
/// </summary>
/// <param name="support">What a neighbor must have besides; null: nothing.</param>
internal sealed class NearestItems(
    EmbeddingTable space, bool[] allowed, ulong[]? textHashes, int count, float minimum, PairSupport? support = null)
{
    private const int BlockRows = 128;
    private const int PanelRows = 4096;

    public NeighborLists Find(string source, StageContext context)
    {
        int items = space.Items;
        var counts = new int[items];
        var found = new (int Item, float Score)[checked((long)items * count)];
        context.ForEachPiece((items + BlockRows - 1) / BlockRows, () => new Workspace(count, support?.Items ?? 0), (block, workspace) =>
        {
            int first = block * BlockRows;
            int rows = Math.Min(BlockRows, items - first);
            Scan(first, rows, workspace);
            for (int r = 0; r < rows; r++) counts[first + r] = workspace.Pools[r].CopyTo(found.AsSpan((first + r) * count, count));
        });

        var offsets = new int[items + 1];
        for (int i = 0; i < items; i++) offsets[i + 1] = offsets[i] + counts[i];
        var lists = new NeighborLists(source, offsets, new int[offsets[items]], new float[offsets[items]]);
        for (int i = 0; i < items; i++)
        {
            for (int n = 0; n < counts[i]; n++)
                (lists.Items[offsets[i] + n], lists.Scores[offsets[i] + n]) = found[i * count + n];
        }
        return lists;
    }

    private unsafe void Scan(int first, int rows, Workspace workspace)
    {
        for (int r = 0; r < rows; r++)
        {
            workspace.Pools[r].Clear();
            workspace.Supported[r] = support?.Of(first + r, workspace.Counts);
        }
        fixed (float* values = space.Vectors.Values, scores = workspace.Scores)
        {
            var all = MatrixView.Of(space.Vectors, values);
            var block = all.Part(first, 0, rows, space.Dimension);
            for (int panel = 0; panel < space.Items; panel += PanelRows)
            {
                int width = Math.Min(PanelRows, space.Items - panel);
                Gemm.Multiply(block, all.Part(panel, 0, width, space.Dimension).Transposed, new MatrixView(scores, rows, width, PanelRows));
                for (int r = 0; r < rows; r++)
                    Take(first + r, panel, workspace.Scores.AsSpan(r * PanelRows, width), workspace.Pools[r], workspace.Supported[r]);
            }
        }
    }

    private void Take(int item, int panel, ReadOnlySpan<float> scores, NearestItemsHeap pool, HashSet<int>? supported)
    {
        int width = Vector<float>.Count;
        for (int first = 0; first < scores.Length; first += width)
        {
            int end = Math.Min(first + width, scores.Length);
            // Nearly always a register of scores holds none that is wanted.
            if (end - first == width && Vector.LessThanAll(new Vector<float>(scores[first..]), new Vector<float>(MathF.Max(minimum, pool.Least)))) continue;
            for (int k = first; k < end; k++) Take(item, panel + k, scores[k], pool, supported);
        }
    }

    private void Take(int item, int other, float score, NearestItemsHeap pool, HashSet<int>? supported)
    {
        if (score < minimum || !pool.Wants(score)) return;
        if (other == item || !allowed[other]) return;
        ulong hash = textHashes is null ? 0 : textHashes[other];
        if (hash != 0 && hash == textHashes![item]) return;
        if (supported?.Contains(other) == false) return;
        // Rounding may leave a cosine an ulp above 1.
        pool.Add(other, Math.Min(score, 1), hash);
    }

    private sealed class Workspace(int count, int counted)
    {
        public float[] Scores { get; } = new float[BlockRows * PanelRows];

        public int[] Counts { get; } = new int[counted];

        public HashSet<int>?[] Supported { get; } = new HashSet<int>?[BlockRows];

        public NearestItemsHeap[] Pools { get; } = [.. Enumerable.Range(0, BlockRows).Select(_ => new NearestItemsHeap(count))];
    }
}
