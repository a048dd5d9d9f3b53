using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Neighbors;

/// <summary>Which items enough customers have beside another one.</summary>
internal sealed class PairSupport
{
    private readonly SparseRows _byUser;
    private readonly SparseRows _byItem;
    private readonly int _least;

    /// <param name="least">Customers who must have both, 1 or more.</param>
    public PairSupport(InteractionMatrix interactions, int least) => (_byUser, _byItem, _least) = (interactions.ByUser, interactions.ByItem, least);

    /// <summary>The items that so many customers of <paramref name="item"/> have too; the item itself is among them.</summary>
    /// <param name="counts">Zeros, one an item of the log; zeros again afterwards.</param>
    public HashSet<int> Of(int item, int[] counts)
    {
        var supported = new HashSet<int>();
        if (item >= _byItem.Rows) return supported;
        foreach (int user in _byItem.RowIndices(item))
            foreach (int other in _byUser.RowIndices(user))
                if (++counts[other] == _least) supported.Add(other);
        foreach (int user in _byItem.RowIndices(item))
            foreach (int other in _byUser.RowIndices(user)) counts[other] = 0;
        return supported;
    }

    public int Items => _byItem.Rows;
}
