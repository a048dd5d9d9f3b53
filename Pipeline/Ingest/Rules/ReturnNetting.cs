using Recsys.Batch.Pipeline.Ingest.Reading;

namespace Recsys.Batch.Pipeline.Ingest.Rules;

/// <summary>
/// Nets returns against the purchases of one user and item, in time order: a return takes pieces off the purchases before it, the youngest
/// first. What it asks for beyond them is unmatched: a return never cancels a purchase that came after it.
/// </summary>
internal sealed class ReturnNetting
{
    private int[] _open = new int[16];

    /// <param name="kinds">The pair's events in time order.</param>
    /// <param name="amounts">Pieces of each; on return, of purchases what is left, of returns what found no purchase.</param>
    public void Net(ReadOnlySpan<EventKind> kinds, Span<float> amounts)
    {
        int open = 0;
        if (_open.Length < kinds.Length) _open = new int[kinds.Length * 2];
        for (int k = 0; k < kinds.Length; k++)
        {
            if (kinds[k] == EventKind.Purchase) _open[open++] = k;
            if (kinds[k] != EventKind.Return) continue;
            while (amounts[k] > 0 && open > 0)
            {
                ref float left = ref amounts[_open[open - 1]];
                float taken = Math.Min(left, amounts[k]);
                left -= taken;
                amounts[k] -= taken;
                if (left <= 0) open--;
            }
        }
    }
}
