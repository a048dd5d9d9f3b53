namespace Recsys.Batch.Pipeline.Data;

/// <summary>Row of <c>item_neighbors</c>.</summary>
/// <param name="Rank">1 for the nearest, within one item and one source.</param>
/// <param name="Score">Cosine in [-1, 1].</param>
/// <param name="Source"><c>cf</c>, <c>text</c> or <c>blend</c>.</param>
internal sealed record NeighborEntry(string ItemId, int Rank, string NeighborId, float Score, string Source);
