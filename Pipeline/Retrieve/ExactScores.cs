using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>The float32 score of single pairs of a user's slot and an item, with the bits that the tiles give.</summary>
internal sealed unsafe class ExactScores(ChunkRows users, FactorMatrix all)
{
    public void Write(int slot, int* items, float* scores, int count) => PairProducts.Write(users.Pointer(slot), all, items, scores, count);
}
