using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>An ensemble of factor models alone is a factor model: rows side by side, the weights in the users' factors. Retrieval sees one product.</summary>
internal class FactorEnsembleScorer(IBlockScorer[] scorers, float[][] weights) : FactorScorer(Concatenate(scorers, weights)), IContributionScorer
{
    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
        EnsembleScorer.Contributions(scorers, weights, user, item, history, contributions);

    private static FactorModel Concatenate(IBlockScorer[] scorers, float[][] weights)
    {
        var models = Array.ConvertAll(scorers, s => ((IFactorScorer)s).Model);
        int rank = models.Sum(m => m.Rank);
        var users = new FactorMatrix(models[0].Users.Rows, rank);
        var items = new FactorMatrix(models[0].Items.Rows, rank);
        int at = 0;
        for (int m = 0; m < models.Length; at += models[m++].Rank)
        {
            for (int user = 0; user < users.Rows; user++)
            {
                var from = models[m].Users.Row(user);
                var to = users.Row(user).Slice(at, from.Length);
                for (int k = 0; k < from.Length; k++) to[k] = weights[m][user] * from[k];
            }
            for (int item = 0; item < items.Rows; item++) models[m].Items.Row(item).CopyTo(items.Row(item)[at..]);
        }
        return new FactorModel(users, items);
    }
}
