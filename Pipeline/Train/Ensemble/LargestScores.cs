namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>The largest values of a row, by a heap of as many: one pass, no sorting of the row.</summary>
internal static class LargestScores
{
    /// <summary>Up to <paramref name="count"/> values above minus infinity, descending.</summary>
    public static float[] Of(ReadOnlySpan<float> row, int count)
    {
        var heap = new PriorityQueue<float, float>(count);
        float least = float.NegativeInfinity;
        foreach (float value in row)
        {
            if (!(value > least)) continue;
            if (heap.Count < count) heap.Enqueue(value, value);
            else heap.EnqueueDequeue(value, value);
            if (heap.Count == count) least = heap.Peek();
        }
        var largest = new float[heap.Count];
        for (int k = largest.Length - 1; k >= 0; k--) largest[k] = heap.Dequeue();
        return largest;
    }
}
