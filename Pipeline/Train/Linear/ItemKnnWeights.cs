using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Interaction values as the similarity sees them: users are the documents' words, items the documents.</summary>
internal static class ItemKnnWeights
{
    public static SparseRows Of(SparseRows byUser, ItemKnnOptions options)
    {
        if (options.Weighting == ItemKnnWeighting.Cosine) return byUser;
        var lengths = ItemLengths(byUser);
        double mean = Math.Max(lengths.Average(), double.Epsilon);
        var values = new float[byUser.Count];
        for (int user = 0; user < byUser.Rows; user++)
        {
            double idf = Math.Log((byUser.Columns + 1.0) / (byUser.RowLength(user) + 1.0)) + double.Epsilon;
            for (int k = byUser.Pointers[user]; k < byUser.Pointers[user + 1]; k++)
            {
                double value = byUser.Values[k];
                if (options.Weighting == ItemKnnWeighting.Bm25)
                {
                    double normalized = 1 - options.B + options.B * lengths[byUser.Indices[k]] / mean;
                    value = value * (options.K1 + 1) / (value + options.K1 * normalized);
                }
                values[k] = (float)(value * idf);
            }
        }
        return new SparseRows(byUser.Rows, byUser.Columns, byUser.Pointers, byUser.Indices, values);
    }

    private static double[] ItemLengths(SparseRows byUser)
    {
        var lengths = new double[byUser.Columns];
        for (int k = 0; k < byUser.Count; k++) lengths[byUser.Indices[k]] += byUser.Values[k];
        return lengths;
    }
}
