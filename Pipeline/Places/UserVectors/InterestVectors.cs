using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary>What a customer's vector is made of.</summary>
/// <param name="Items">Items that it is the mean of; 0: there is no vector.</param>
/// <param name="Concentration">The length that the mean had: 1 where all are one text, near 0 where they have nothing in common.</param>
/// <param name="Typical">The item of them that is nearest to it, the smaller index among equals.</param>
/// <param name="Cosine">Of that item with the vector.</param>
internal readonly record struct Interest(int Items, double Concentration, int Typical, double Cosine);

/// <summary>
/// Customers in the space of the items' texts: the mean of the unit vectors of what they bought, each item once, weighted by <c>decay^age</c> and scaled to
/// unit length. The age of an item is the number of their later purchase times, so that a basket ages as one.
/// </summary>
/// <param name="decay">Above 0, at most 1; where the log has no time all weigh alike.</param>
internal sealed class InterestVectors(PurchaseLog log, EmbeddingTable text, double decay)
{
    public int Dimension => text.Dimension;

    /// <summary>Writes a customer's vector; zeros where text says nothing of what they bought, or it cancels out.</summary>
    public Interest Fill(int user, Span<float> vector)
    {
        vector.Clear();
        var newest = new SortedDictionary<int, uint>();
        for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
        {
            int item = log.Items[at];
            newest[item] = Math.Max(newest.GetValueOrDefault(item), log.Seconds[at]);
        }
        uint[] times = [.. newest.Values.Distinct().Order()];
        var sum = new double[vector.Length];
        double weights = 0;
        int items = 0;
        foreach (var (item, second) in newest)
        {
            var row = text.Vectors.Row(item);
            if (!row.ContainsAnyExcept(0f)) continue;
            // What is older than double can tell from nothing still counts.
            double weight = log.HasTime ? Math.Max(1e-30, Math.Pow(decay, times.Length - 1 - Array.BinarySearch(times, second))) : 1;
            for (int k = 0; k < sum.Length; k++) sum[k] += weight * row[k];
            weights += weight;
            items++;
        }
        double length = Math.Sqrt(sum.Sum(x => x * x));
        if (length <= 1e-6 * weights) return default;
        for (int k = 0; k < sum.Length; k++) vector[k] = (float)(sum[k] / length);
        var (typical, cosine) = (-1, double.NegativeInfinity);
        foreach (int item in newest.Keys)
            if (text.Vectors.Row(item).ContainsAnyExcept(0f) && PlaceInputs.Cosine(vector, text.Vectors.Row(item)) is var own && own > cosine)
                (typical, cosine) = (item, own);
        return new Interest(items, Math.Min(1, length / weights), typical, cosine);
    }
}
