using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>Since when items are for sale, and how long one that nobody has met may be called new.</summary>
/// <param name="Added">By item, in seconds since 1970: the item table's word, else the first event; 0 where neither is known.</param>
/// <param name="NewDays">Days within which nine in ten of the items that were added and sold had their first event.</param>
internal sealed record ItemAges(uint[] Added, double NewDays)
{
    /// <summary>Where too few items say how long it takes.</summary>
    private const double UsualDays = 30;

    private const int LeastItems = 20;

    private const uint Day = 86_400;

    public static ItemAges Of(EventLog log, ItemTable? table, int items)
    {
        var first = new uint[items];
        uint start = uint.MaxValue;
        for (int e = 0; e < log.Count; e++)
        {
            if (!log.Statuses[e].IsEvent()) continue;
            ref uint own = ref first[log.Items[e]];
            if (own == 0 || log.Seconds[e] < own) own = log.Seconds[e];
            start = Math.Min(start, log.Seconds[e]);
        }
        var waited = new List<double>();
        for (int i = 0; i < items; i++)
        {
            if (table?[i]?.Added is not { } added || (table.IsStandIn && added == first[i])) continue;
            // Of items that were added before the log began nobody knows when they sold first, and one that sold on a day before was listed again.
            if (added >= start && first[i] / Day >= added / Day) waited.Add(first[i] > added ? (first[i] - added) / (double)Day : 0);
            first[i] = added;
        }
        waited.Sort();
        return new ItemAges(first, waited.Count < LeastItems ? UsualDays : Math.Max(1, waited[(int)((waited.Count - 1) * 0.9)]));
    }
}
