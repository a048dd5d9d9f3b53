using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>
/// Gives every event of the log its status, from all that is known this night: time range, bots, duplicates, netting. Nothing is carried over from
/// the night before, so nights over files A, then B judge as one night over both.
/// </summary>
internal static class RowClassifier
{
    /// <summary>Judges, and writes the statuses back to the log.</summary>
    /// <param name="horizon">The last second that can have happened, where <see cref="IngestOptions.AsOf"/> is not set; null: any can.</param>
    /// <returns>Pieces of partly netted returns that found no purchase.</returns>
    public static double Classify(EventOrder order, IngestOptions options, uint? horizon, StageContext context)
    {
        uint earliest = IngestOptions.Seconds(options.Earliest) ?? 0;
        uint latest = IngestOptions.Seconds(options.Latest) ?? uint.MaxValue;
        uint asOf = IngestOptions.Seconds(options.AsOf) ?? horizon ?? uint.MaxValue;
        bool merge = options.MergeDuplicates || !(order.HasTime || order.HasGroups);
        var unmatched = new double[(order.Users + EventOrder.UsersAtOnce - 1) / EventOrder.UsersAtOnce];
        order.ForUsers(context, (from, to) =>
        {
            var bots = new BotDetector(order, options.Bots);
            var pairs = new PairEvents(order);
            for (int u = from; u < to; u++)
            {
                int start = order.Pointers[u];
                int end = order.Pointers[u + 1];
                if (order.HasTime)
                    for (int p = start; p < end; p++) order.Statuses[p] = InTime(order.Seconds[p], earliest, latest, asOf);
                var bot = bots.Classify(start, end);
                if (bot != RowStatus.Kept)
                {
                    for (int p = start; p < end; p++) if (order.Statuses[p] == RowStatus.Kept) order.Statuses[p] = bot;
                    continue;
                }
                if (merge) MergeDuplicates(order, start, end);
                unmatched[from / EventOrder.UsersAtOnce] += NetReturns(order, start, end, pairs);
            }
        });
        order.WriteFatesBack();
        return unmatched.Sum();
    }

    private static RowStatus InTime(uint second, uint earliest, uint latest, uint asOf) =>
        second > asOf ? RowStatus.TimeInFuture : second < earliest || second >= latest ? RowStatus.TimeOutOfRange : RowStatus.Kept;

    private static void MergeDuplicates(EventOrder order, int start, int end)
    {
        for (int p = start + 1; p < end; p++)
            if (order.Statuses[p] == RowStatus.Kept && order.SayTheSame(p - 1, p)) order.Statuses[p] = RowStatus.MergedDuplicate;
    }

    private static double NetReturns(EventOrder order, int start, int end, PairEvents pairs)
    {
        if (!order.Kinds.AsSpan(start, end - start).Contains(EventKind.Return)) return 0;
        double unmatched = 0;
        for (int at = start; at < end;)
        {
            at = pairs.Take(at, end, ulong.MaxValue);
            if (!pairs.HasReturns) continue;
            pairs.Net();
            for (int k = 0; k < pairs.Count; k++)
            {
                int p = pairs.Positions[k];
                if (pairs.Kinds[k] == EventKind.Purchase && pairs.Amounts[k] <= 0) order.Statuses[p] = RowStatus.NettedPurchase;
                if (pairs.Kinds[k] != EventKind.Return) continue;
                bool matched = pairs.Amounts[k] < order.Amounts[p];
                order.Statuses[p] = matched ? RowStatus.NettedReturn : RowStatus.ReturnWithoutPurchase;
                if (matched) unmatched += pairs.Amounts[k];
            }
        }
        return unmatched;
    }
}
