using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>
/// Gives every event of the log its fate, from all that is known this night: time range, bots, duplicates, netting. Nothing is carried over from
/// the night before, so nights over files A, then B judge as one night over both.
/// </summary>
static class FateJudge
{
    /// <returns>Pieces of partly netted returns that found no purchase.</returns>
    public static double Judge(EventLog log, EventOrder order, IngestOptions options, StageContext context)
    {
        uint earliest = IngestOptions.Seconds(options.Earliest) ?? 0;
        uint latest = IngestOptions.Seconds(options.Latest) ?? uint.MaxValue;
        uint asOf = IngestOptions.Seconds(options.AsOf) ?? uint.MaxValue;
        bool merge = options.MergeDuplicates || (!log.HasTime && log.Groups is null);
        var unmatched = new double[(order.Users + EventOrder.UsersAtOnce - 1) / EventOrder.UsersAtOnce];
        order.ForUsers(context, (from, to) =>
        {
            var bots = new BotDetector(options.Bots);
            var pairs = new PairEvents(log);
            for (int u = from; u < to; u++)
            {
                var events = order.Of(u);
                foreach (int e in events) log.Fates[e] = InTime(log, e, earliest, latest, asOf);
                var bot = bots.Judge(log, events);
                if (bot != RowFate.Kept)
                {
                    foreach (int e in events) if (log.Fates[e] == RowFate.Kept) log.Fates[e] = bot;
                    continue;
                }
                if (merge) MergeDuplicates(log, events);
                unmatched[from / EventOrder.UsersAtOnce] += NetReturns(log, events, pairs);
            }
        });
        return unmatched.Sum();
    }

    private static RowFate InTime(EventLog log, int e, uint earliest, uint latest, uint asOf)
    {
        if (!log.HasTime) return RowFate.Kept;
        uint second = log.Seconds[e];
        return second > asOf ? RowFate.TimeInFuture : second < earliest || second >= latest ? RowFate.TimeOutOfRange : RowFate.Kept;
    }

    private static void MergeDuplicates(EventLog log, ReadOnlySpan<int> events)
    {
        for (int k = 1; k < events.Length; k++)
            if (log.Fates[events[k]] == RowFate.Kept && EventOrder.SayTheSame(log, events[k - 1], events[k])) log.Fates[events[k]] = RowFate.MergedDuplicate;
    }

    private static double NetReturns(EventLog log, ReadOnlySpan<int> events, PairEvents pairs)
    {
        double unmatched = 0;
        for (int at = 0; at < events.Length;)
        {
            at = pairs.Take(events, at, ulong.MaxValue);
            if (!pairs.HasReturns) continue;
            pairs.Net();
            for (int k = 0; k < pairs.Count; k++)
            {
                int e = pairs.Events[k];
                if (pairs.Kinds[k] == EventKind.Purchase && pairs.Amounts[k] <= 0) log.Fates[e] = RowFate.NettedPurchase;
                if (pairs.Kinds[k] != EventKind.Return) continue;
                bool matched = pairs.Amounts[k] < log.Amount(e);
                log.Fates[e] = matched ? RowFate.NettedReturn : RowFate.ReturnWithoutPurchase;
                if (matched) unmatched += pairs.Amounts[k];
            }
        }
        return unmatched;
    }
}
