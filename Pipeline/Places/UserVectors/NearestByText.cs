using System.Numerics;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary>
/// The items of the greatest cosine with a vector, exactly: a block of vectors times panels of items. Memory: a block of scores, whatever the number of items.
/// Ties go to the smaller index.
/// </summary>
/// <param name="allowed">Items that may be found.</param>
internal sealed class NearestByText(EmbeddingTable text, bool[] allowed, int count)
{
    public const int BlockRows = 64;

    private const int PanelRows = 4_096;

    /// <summary>Scores of a block; one a worker.</summary>
    public static float[] Workspace() => new float[BlockRows * PanelRows];

    /// <param name="vectors">At most <see cref="BlockRows"/> rows of unit length, or zeros, which find nothing.</param>
    /// <param name="except">Items that a row must not find, ascending.</param>
    /// <returns>Best first.</returns>
    public unsafe List<(int Item, double Cosine)>[] Find(FactorMatrix vectors, int[][] except, float[] workspace)
    {
        var best = new PriorityQueue<int, (float Cosine, int Less)>[vectors.Rows];
        for (int r = 0; r < best.Length; r++) best[r] = new PriorityQueue<int, (float, int)>();
        fixed (float* values = text.Vectors.Values, rows = vectors.Values, scores = workspace)
        {
            var items = MatrixView.Of(text.Vectors, values);
            var block = MatrixView.Of(vectors, rows).Part(0, 0, vectors.Rows, text.Dimension);
            for (int panel = 0; panel < text.Items; panel += PanelRows)
            {
                int width = Math.Min(PanelRows, text.Items - panel);
                Gemm.Multiply(block, items.Part(panel, 0, width, text.Dimension).Transposed, new MatrixView(scores, vectors.Rows, width, PanelRows));
                for (int r = 0; r < vectors.Rows; r++)
                    if (vectors.Row(r).ContainsAnyExcept(0f)) Take(panel, workspace.AsSpan(r * PanelRows, width), except[r], best[r]);
            }
        }
        return Array.ConvertAll(best, queue =>
        {
            var list = new List<(int, double)>(queue.Count);
            while (queue.TryDequeue(out int item, out var key)) list.Add((item, Math.Min(1, (double)key.Cosine)));
            list.Reverse();
            return list;
        });
    }

    private void Take(int panel, ReadOnlySpan<float> scores, int[] except, PriorityQueue<int, (float Cosine, int Less)> best)
    {
        int width = Vector<float>.Count;
        for (int first = 0; first < scores.Length; first += width)
        {
            int end = Math.Min(first + width, scores.Length);
            float least = best.Count < count || !best.TryPeek(out _, out var last) ? 0 : last.Cosine;
            // Nearly always a register of scores holds none that is wanted.
            if (end - first == width && Vector.LessThanOrEqualAll(new Vector<float>(scores[first..]), new Vector<float>(least))) continue;
            for (int k = first; k < end; k++) Take(panel + k, scores[k], except, best);
        }
    }

    private void Take(int item, float cosine, int[] except, PriorityQueue<int, (float Cosine, int Less)> best)
    {
        // A vector that has nothing in common with an item, or the contrary, is not near it.
        if (cosine <= 0 || !allowed[item] || best.Count == count && best.TryPeek(out _, out var last) && cosine <= last.Cosine) return;
        if (Array.BinarySearch(except, item) >= 0) return;
        if (best.Count < count) best.Enqueue(item, (cosine, -item));
        else best.EnqueueDequeue(item, (cosine, -item));
    }
}
