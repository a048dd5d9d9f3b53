using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// How many entries of a list may be items that nobody has met yet. They are scored by their texts alone, and a catalog may have any number of them, so
/// without a limit they would take whatever room their scores find.
/// </summary>
/// <param name="IsNew">A flag an item: no user has bought, rated, returned or otherwise met it.</param>
/// <param name="Max">Entries a list; more only where a list would not be full otherwise.</param>
internal sealed record NewItemLimit(bool[] IsNew, int Max)
{
    /// <summary>
    /// Those of them that were added so long ago that they are dead stock: they stand only where a list would not be full otherwise. Null: none.
    /// </summary>
    public bool[]? IsDead { get; init; }

    /// <param name="interactions">What the model was trained on.</param>
    /// <param name="catalog">Its items, which may have grown since.</param>
    /// <param name="habits">What the log says of new items; its share counts where the options name none.</param>
    /// <returns>Null where nothing is limited.</returns>
    public static NewItemLimit? Of(DiversifyOptions options, InteractionMatrix interactions, Catalog catalog, NewItemHabits habits)
    {
        double share = options.MaxNewShare ?? habits.Share;
        var dead = Dead(interactions, catalog.Added, habits.Days);
        if (share >= 1 && dead is null) return null;
        var isNew = new bool[catalog.Items];
        for (int item = 0; item < isNew.Length; item++) isNew[item] = item >= interactions.Items || interactions.ByItem.RowLength(item) == 0;
        if (interactions.Disliked is { } disliked) foreach (int item in disliked.Indices.AsSpan(0, disliked.Count)) isNew[item] = false;
        return new NewItemLimit(isNew, (int)Math.Ceiling(share * options.ListLength)) { IsDead = dead };
    }

    /// <summary>Items that were for sale for longer than new ones are when the newest interaction came; null where none is known to be.</summary>
    private static bool[]? Dead(InteractionMatrix interactions, uint[]? added, double days)
    {
        if (added is null || days <= 0 || interactions.LastSeen is not { Length: > 0 } seen) return null;
        double before = seen.Max() - days * 86_400;
        return Array.Exists(added, a => a > 0 && a < before) ? Array.ConvertAll(added, a => a > 0 && a < before) : null;
    }
}
