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
    /// <param name="interactions">What the model was trained on.</param>
    /// <param name="items">Items of the catalog, which may have grown since.</param>
    /// <param name="shareOfLog">Share of new items among a user's purchases, where the options name none.</param>
    /// <returns>Null where nothing is limited.</returns>
    public static NewItemLimit? Of(DiversifyOptions options, InteractionMatrix interactions, int items, double shareOfLog)
    {
        double share = options.MaxNewShare ?? shareOfLog;
        if (share >= 1) return null;
        var isNew = new bool[items];
        for (int item = 0; item < isNew.Length; item++) isNew[item] = item >= interactions.Items || interactions.ByItem.RowLength(item) == 0;
        if (interactions.Disliked is { } disliked) foreach (int item in disliked.Indices.AsSpan(0, disliked.Count)) isNew[item] = false;
        return new NewItemLimit(isNew, (int)Math.Ceiling(share * options.ListLength));
    }
}
