using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>The median of what was paid for each item (of an even number the lower middle), and how far the prices lie apart.</summary>
internal sealed class MedianPrices
{
    private MedianPrices(int items)
    {
        Medians = new double[items];
        Array.Fill(Medians, double.NaN);
    }

    /// <summary>NaN where nobody paid.</summary>
    public double[] Medians { get; }

    public int ItemsWithManyPrices { get; private set; }

    /// <summary>Items whose highest price is more than twice the lowest.</summary>
    public int ItemsWithSpread { get; private set; }

    public static MedianPrices Of(EventLog log, int items, StageContext context)
    {
        var result = new MedianPrices(items);
        if (log.Prices is not { } prices) return result;
        var pointers = new int[items + 1];
        for (int e = 0; e < log.Count; e++)
            if (Paid(log, prices, e)) pointers[log.Items[e] + 1]++;
        for (int i = 0; i < items; i++) pointers[i + 1] += pointers[i];
        var next = pointers.AsSpan(0, items).ToArray();
        var paid = new double[pointers[items]];
        for (int e = 0; e < log.Count; e++)
            if (Paid(log, prices, e)) paid[next[log.Items[e]]++] = prices[e];
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, items, options, i =>
        {
            var own = paid.AsSpan(pointers[i], pointers[i + 1] - pointers[i]);
            if (own.IsEmpty) return;
            own.Sort();
            result.Medians[i] = own[(own.Length - 1) / 2];
        });
        for (int i = 0; i < items; i++)
        {
            var own = paid.AsSpan(pointers[i], pointers[i + 1] - pointers[i]);
            if (own.IsEmpty || own[0] == own[^1]) continue;
            result.ItemsWithManyPrices++;
            if (own[^1] > 2 * own[0]) result.ItemsWithSpread++;
        }
        return result;
    }

    private static bool Paid(EventLog log, double[] prices, int e) => prices[e] > 0 && log.Kinds[e] != EventKind.Return && log.Statuses[e].IsEvent();
}
