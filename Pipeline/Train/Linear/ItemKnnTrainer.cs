using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>
/// Item-item nearest neighbors (Sarwar et al. 2001; Deshpande and Karypis 2004): each item keeps its most similar items, similarity over
/// the users who have both. Memory and time follow the co-occurrences, never items x items.
/// </summary>
internal sealed class ItemKnnTrainer(ItemKnnOptions options) : ITrainer
{
    public const string Name = "item-knn";

    private const int ChunkItems = 64;

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        var byUser = ItemKnnWeights.Of(interactions.ByUser, options);
        var byItem = byUser.Transpose();
        var norms = Norms(byItem);
        var rows = new (int[] Items, float[] Values)[interactions.Items];
        context.ForEachPiece((interactions.Items + ChunkItems - 1) / ChunkItems, () => new SparseAccumulator(interactions.Items), (chunk, sums) =>
        {
            for (int item = chunk * ChunkItems; item < Math.Min(interactions.Items, (chunk + 1) * ChunkItems); item++)
                rows[item] = Neighbors(item, byItem, byUser, norms, sums);
        });
        return new ItemKnnModel(Join(rows));
    }

    private (int[] Items, float[] Values) Neighbors(int item, SparseRows byItem, SparseRows byUser, double[] norms, SparseAccumulator sums)
    {
        var users = byItem.RowIndices(item);
        var weights = byItem.RowValues(item);
        for (int k = 0; k < users.Length; k++) sums.AddScaled(weights[k], byUser.RowIndices(users[k]), byUser.RowValues(users[k]));
        sums.Remove(item);
        if (options.Weighting != ItemKnnWeighting.Bm25)
            sums.Scale(other => (float)(1 / (norms[item] * norms[other] + options.Shrinkage)));
        return sums.TakeLargest(options.Neighbors);
    }

    private static double[] Norms(SparseRows byItem)
    {
        var norms = new double[byItem.Rows];
        for (int item = 0; item < norms.Length; item++)
        {
            double square = 0;
            foreach (float w in byItem.RowValues(item)) square += (double)w * w;
            norms[item] = Math.Sqrt(square);
        }
        return norms;
    }

    private static SparseRows Join((int[] Items, float[] Values)[] rows)
    {
        var pointers = new int[rows.Length + 1];
        for (int r = 0; r < rows.Length; r++) pointers[r + 1] = checked(pointers[r] + rows[r].Items.Length);
        var indices = new int[pointers[^1]];
        var values = new float[pointers[^1]];
        for (int r = 0; r < rows.Length; r++)
        {
            rows[r].Items.CopyTo(indices, pointers[r]);
            rows[r].Values.CopyTo(values, pointers[r]);
        }
        return new SparseRows(rows.Length, rows.Length, pointers, indices, values);
    }
}
