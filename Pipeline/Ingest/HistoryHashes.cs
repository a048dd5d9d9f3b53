using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>
/// A 64-bit mark of each user's history: the sum, modulo 2^64, of a hash of every event that counts (item, second, kind, amount, and how such events are
/// weighed). Decay moves all weights of a log with its last event; a mark moves only with the user's own events, in whatever files and nights they came.
/// </summary>
internal static class HistoryHashes
{
    public static ulong[] Of(EventOrder order, IngestOptions options, StageContext context)
    {
        var weights = options.Weights();
        ulong how = 0;
        foreach (double x in (ReadOnlySpan<double>)[(int)options.QuantityShape, (int)options.PairShape, options.HalfLifeDays, options.RatingThreshold])
            how = Mix(how ^ BitConverter.DoubleToUInt64Bits(x));
        bool values = options.Ratings == RatingUse.Values;
        if (values) how = Mix(how ^ 1);
        var marks = new ulong[order.Users];
        order.ForUsers(context, (from, to) =>
        {
            for (int user = from; user < to; user++)
            {
                ulong sum = 0;
                for (int p = order.Pointers[user]; p < order.Pointers[user + 1]; p++)
                {
                    var kind = order.Kinds[p];
                    // What was bought and returned counts too: it is how the amount left came about.
                    if (!order.Statuses[p].IsEvent()
                        || order.Statuses[p] == RowStatus.ReturnWithoutPurchase
                        || (kind is not (EventKind.Return or EventKind.Hide) && weights[(int)kind] == 0 && !(values && kind == EventKind.Rating)))
                    {
                        continue;
                    }
                    ulong hash = Mix(how ^ (((ulong)(uint)order.Items[p] << 32) | order.Seconds[p]));
                    hash = Mix(hash ^ (((ulong)BitConverter.SingleToUInt32Bits(order.Amounts[p]) << 32) | BitConverter.SingleToUInt32Bits(weights[(int)kind])));
                    sum += Mix(hash + (ulong)kind);
                }
                marks[user] = sum;
            }
        });
        return marks;
    }

    /// <summary>The finalizer of SplitMix64 (Steele, Lea and Flood 2014), a bijection.</summary>
    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}
