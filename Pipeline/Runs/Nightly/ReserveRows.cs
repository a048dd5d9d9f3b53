using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What candidates of the reserve were ranked by, as one array: a draft has it, so that what allocation brings to a list can be explained.</summary>
internal static class ReserveRows
{
    /// <returns>A row each, NaN where the ranker did not rank the candidate; null where it ranked none.</returns>
    public static float[]? Of(RecommendationBlock draft)
    {
        var reserve = draft.Reserve!;
        int width = draft.Ranked?.Max(r => r?.Width ?? 0) ?? 0;
        if (width == 0 || reserve.Items.Length == 0) return null;
        var rows = new float[reserve.Items.Length * width];
        rows.AsSpan().Fill(float.NaN);
        for (int u = 0; u < draft.Users.Length; u++)
        {
            if (draft.Ranked![u] is not { } ranked) continue;
            for (int at = reserve.Offsets[u]; at < reserve.Offsets[u + 1]; at++) ranked.Of(reserve.Items[at]).CopyTo(rows.AsSpan(at * width));
        }
        return rows;
    }

    /// <returns>By list.</returns>
    public static RankedRows?[] Read(ReserveBlock reserve, float[] rows)
    {
        int width = rows.Length / reserve.Items.Length;
        var ranked = new RankedRows?[reserve.Offsets.Length - 1];
        for (int u = 0; u < ranked.Length; u++)
        {
            int[] known = [.. Enumerable.Range(reserve.Offsets[u], reserve.Offsets[u + 1] - reserve.Offsets[u]).Where(at => !float.IsNaN(rows[at * width]))];
            if (known.Length == 0) continue;
            ranked[u] = new RankedRows(
                Array.ConvertAll(known, at => reserve.Items[at]), [.. known.SelectMany(at => rows[(at * width)..((at + 1) * width)])]);
        }
        return ranked;
    }
}
