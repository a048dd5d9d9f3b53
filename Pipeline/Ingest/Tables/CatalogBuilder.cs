using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Tables;

/// <summary>
/// One line an item from what the item table and the log's rows say: the table's word first, else the elected title and the median price.
/// </summary>
internal static class CatalogBuilder
{
    /// <param name="interactions">Tells which items anybody has.</param>
    /// <param name="newest">Newest kept second of the log.</param>
    /// <returns>The catalog, and the days for which an item that nobody has met is new; 0: age does not matter.</returns>
    public static (Catalog Catalog, ItemConflicts Conflicts, double NewDays) Build(
        IngestState state, ItemTable? table, IngestOptions options, InteractionMatrix interactions, uint newest, StageContext context)
    {
        int n = state.Items.Count;
        var log = state.Events;
        var (pointers, events) = KeptByItem(log, n);
        var election = new TitleResolver(state.Texts, options.Titles);
        var titles = new string?[n];
        var categories = new string?[n];
        var brands = new string?[n];
        var texts = options.Items?.Columns.Text is null ? null : new string?[n];
        var parents = options.Items?.Columns.Parent is null ? null : new ulong[n];
        var paid = MedianPrices.Of(log, n, context);
        var prices = paid.Medians;
        var hashes = new ulong[n];
        var lastSold = LastSold(interactions, n);
        var ages = log.HasTime ? ItemAges.Of(log, table, n) : null;
        var available = new bool[n];
        for (int i = 0; i < n; i++)
        {
            var own = events.AsSpan(pointers[i], pointers[i + 1] - pointers[i]);
            var entry = table?[i];
            string? elected = Elect(election, log, own, newest);
            titles[i] = entry?.Title ?? elected;
            categories[i] = entry?.Category;
            brands[i] = entry?.Brand;
            if (entry is not null && !double.IsNaN(entry.Price)) prices[i] = entry.Price;
            if (texts is not null) texts[i] = entry?.Text;
            if (parents is not null) parents[i] = entry?.Parent ?? 0;
            hashes[i] = ProductHash.Of(titles[i], brands[i], texts?[i]);
            bool listed = entry?.Available ?? (table is null || options.Items!.UnlistedAvailable);
            bool recent = options.AvailableDays <= 0 || !log.HasTime || lastSold[i] + options.AvailableDays * 86_400 >= newest;
            // Without an item table only what somebody has bought is known to be for sale.
            available[i] = listed && recent && (entry is not null || lastSold[i] >= 0);
        }
        var catalog = new Catalog
        {
            Titles = titles,
            Categories = categories,
            Brands = brands,
            Texts = texts,
            Prices = prices,
            Available = available,
            TextHashes = hashes,
            Parents = parents,
            Variants = parents is null && options.Titles.Variants ? TitleVariants.Of(titles, brands, options.Titles.VariantWords) : null,
            Added = ages?.Added,
        };
        return (
            catalog,
            new ItemConflicts(
                election.ItemsWithManyTitles, election.JunkOverruled, election.JunkOnly, paid.ItemsWithManyPrices, paid.ItemsWithSpread, table?.Repeated ?? 0),
            ages is null ? 0 : options.NewDays ?? ages.NewDays);
    }

    private static (int[] Pointers, int[] Events) KeptByItem(EventLog log, int items)
    {
        var pointers = new int[items + 1];
        if (log.Texts is null) return (pointers, []);
        for (int e = 0; e < log.Count; e++)
            if (log.Statuses[e].IsEvent()) pointers[log.Items[e] + 1]++;
        for (int i = 0; i < items; i++) pointers[i + 1] += pointers[i];
        var next = pointers.AsSpan(0, items).ToArray();
        var events = new int[pointers[items]];
        for (int e = 0; e < log.Count; e++)
            if (log.Statuses[e].IsEvent()) events[next[log.Items[e]]++] = e;
        return (pointers, events);
    }

    /// <summary>Last second that a pair of the item was seen; 0 in a log without time, -1 where nobody has it.</summary>
    private static long[] LastSold(InteractionMatrix interactions, int items)
    {
        var last = new long[items];
        Array.Fill(last, -1);
        for (int k = 0; k < interactions.Count; k++)
        {
            ref long seen = ref last[interactions.ByUser.Indices[k]];
            seen = Math.Max(seen, interactions.LastSeen is null ? 0 : interactions.LastSeen[k]);
        }
        return last;
    }

    private static string? Elect(TitleResolver election, EventLog log, ReadOnlySpan<int> events, uint newest)
    {
        if (log.Texts is null) return null;
        var votes = new int[events.Length];
        var ages = new double[events.Length];
        int count = 0;
        foreach (int e in events)
        {
            if (log.Texts[e] < 0) continue;
            votes[count] = log.Texts[e];
            ages[count++] = log.HasTime ? Math.Max(0, (double)newest - log.Seconds[e]) / 86_400 : 0;
        }
        // Most items have one text only; then age decides nothing.
        if (count > 1 && !votes.AsSpan(0, count).ContainsAnyExcept(votes[0])) count = 1;
        // By age, so that votes are added in one order whatever files they came in.
        ages.AsSpan(0, count).Sort(votes.AsSpan(0, count));
        return election.Elect(votes.AsSpan(0, count), ages.AsSpan(0, count));
    }
}
