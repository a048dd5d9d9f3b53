using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// A trained model beside a catalog that may have grown since. Item indices are appended only, so an item is younger than the model where its index is not
/// below <see cref="Known"/>: the model neither reads it in a history nor puts it on a list, and in its space it is a row of zeros.
/// </summary>
internal sealed class CatalogModel
{
    private readonly int _items;

    private CatalogModel(ITrainedModel trained, int items) => (Trained, _items) = (trained, items);

    public ITrainedModel Trained { get; }

    /// <summary>Items that were there when the model was trained.</summary>
    public int Known => Trained.Items;

    /// <summary>A row for every item of the catalog; null where the model has no space.</summary>
    public EmbeddingTable? ItemEmbeddings => Trained.ItemEmbeddings is not { } own || Known == _items ? Trained.ItemEmbeddings : Widened(own.Vectors);

    /// <param name="items">Items of the catalog.</param>
    /// <exception cref="RunFailedException">The model knows more items than there are.</exception>
    public static CatalogModel Load(string file, int items) => Of(TrainedModels.Load(new ArtifactReader(file)), items);

    internal static CatalogModel Of(ITrainedModel trained, int items) => trained.Items <= items
        ? new CatalogModel(trained, items)
        : throw new RunFailedException($"the model knows {trained.Items} items, the catalog has {items}; expected a catalog that only grows: train again");

    /// <summary>What the model can read of the histories; the matrix itself where that is all of it.</summary>
    /// <param name="only">Whose rows are kept, others are left empty; null keeps all.</param>
    public InteractionMatrix HistoryOf(InteractionMatrix interactions, int[]? only)
    {
        if (Known == interactions.Items && only is null) return interactions;
        bool[]? wanted = null;
        if (only is not null)
        {
            wanted = new bool[interactions.Users];
            foreach (int user in only) wanted[user] = true;
        }
        var rows = interactions.ByUser;
        var pointers = new int[rows.Rows + 1];
        for (int user = 0; user < rows.Rows; user++)
            pointers[user + 1] = checked(pointers[user] + (wanted is null || wanted[user] ? KnownIn(rows.RowIndices(user)) : 0));
        var indices = new int[pointers[^1]];
        var values = new float[indices.Length];
        var lastSeen = interactions.LastSeen is null ? null : new uint[indices.Length];
        for (int user = 0; user < rows.Rows; user++)
        {
            // Rows ascend, so what the model knows comes first.
            int count = pointers[user + 1] - pointers[user];
            rows.RowIndices(user)[..count].CopyTo(indices.AsSpan(pointers[user]));
            rows.RowValues(user)[..count].CopyTo(values.AsSpan(pointers[user]));
            if (lastSeen is not null) interactions.UserLastSeen(user)[..count].CopyTo(lastSeen.AsSpan(pointers[user]));
        }
        return interactions.With(
            new SparseRows(rows.Rows, Known, pointers, indices, values), lastSeen, PairSets.Below(interactions.Disliked, Known),
            interactions.Ratings?.OfUsers(user => wanted is null || wanted[user], Known));
    }

    /// <summary>How many items of an ascending row the model knows.</summary>
    public int KnownIn(ReadOnlySpan<int> row)
    {
        int at = row.BinarySearch(Known);
        return at < 0 ? ~at : at;
    }

    /// <summary>The mask for the model's items.</summary>
    public bool[] Listable(bool[] available) => available.Length == Known ? available : available[..Known];

    private EmbeddingTable Widened(FactorMatrix own)
    {
        var rows = new FactorMatrix(_items, own.Rank);
        own.Values.AsSpan(0, own.Rows * own.Stride).CopyTo(rows.Values);
        return EmbeddingTable.OfUnitRows(rows);
    }
}
