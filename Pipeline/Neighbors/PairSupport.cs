using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>Whether enough customers have both of two items.</summary>
internal sealed class PairSupport(InteractionMatrix interactions, int least)
{
    public bool Holds(int first, int second)
    {
        if (first >= interactions.Items || second >= interactions.Items) return least <= 0;
        var a = interactions.ByItem.RowIndices(first);
        var b = interactions.ByItem.RowIndices(second);
        if (Math.Min(a.Length, b.Length) < least) return false;
        int both = 0;
        for (int i = 0, j = 0; i < a.Length && j < b.Length;)
        {
            int order = a[i].CompareTo(b[j]);
            if (order == 0 && ++both >= least) return true;
            if (order <= 0) i++;
            if (order >= 0) j++;
        }
        return both >= least;
    }
}
