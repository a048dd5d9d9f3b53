using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places.UserVectors;

/// <summary>Vectors of some customers and what is nearest to each.</summary>
/// <param name="Found">Best first; empty where a customer has no vector, or nobody asked.</param>
internal sealed record InterestBlocks(int[] Users, FactorMatrix Vectors, Interest[] Interests, List<(int Item, double Cosine)>[] Found)
{
    private const int BlocksAtOnce = 64;

    /// <summary>Customers in ordinal order of their ids, some at a time, so that memory does not grow with their number.</summary>
    /// <param name="nearest">Null: nothing is looked for.</param>
    public static IEnumerable<InterestBlocks> Of(PlaceInputs inputs, NearestByText? nearest, StageContext context)
    {
        var interests = new InterestVectors(inputs.Purchases, inputs.Text!, inputs.HistoryDecay);
        foreach (var some in inputs.UserOrder().Chunk(NearestByText.BlockRows).Chunk(BlocksAtOnce))
        {
            var made = new InterestBlocks[some.Length];
            context.ForEachPiece(some.Length, NearestByText.Workspace, (b, workspace) =>
            {
                int[] users = some[b];
                var vectors = new FactorMatrix(users.Length, interests.Dimension);
                var own = new Interest[users.Length];
                for (int u = 0; u < users.Length; u++) own[u] = interests.Fill(users[u], vectors.Row(u));
                int[][] bought = Array.ConvertAll(
                    users, u => inputs.Purchases.Items[inputs.Purchases.Pointers[u]..inputs.Purchases.Pointers[u + 1]].Distinct().Order().ToArray());
                made[b] = new InterestBlocks(users, vectors, own, nearest?.Find(vectors, bought, workspace) ?? []);
            });
            foreach (var block in made) yield return block;
        }
    }
}
