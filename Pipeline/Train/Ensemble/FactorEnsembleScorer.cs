using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>An ensemble of factor models alone is a factor model: rows side by side, the weights in the users' factors. Retrieval sees one product.</summary>
internal class FactorEnsembleScorer(IBlockScorer[] scorers, float[][] weights) : FactorScorer(Concatenate(scorers, weights)), IContributionScorer
{
    /// <summary>Whether the scorers' products can be put side by side: at most one of them knows classes of items.</summary>
    public static bool Suits(IEnumerable<IBlockScorer> scorers) =>
        scorers.All(s => s is IFactorScorer and IContributionScorer) && scorers.Count(s => ((IFactorScorer)s).Products.Classes is not null) <= 1;

    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
        EnsembleScorer.Contributions(scorers, weights, user, item, history, contributions);

    private static InnerProducts Concatenate(IBlockScorer[] scorers, float[][] weights)
    {
        var parts = Array.ConvertAll(scorers, s => ((IFactorScorer)s).Products);
        var items = new FactorMatrix(parts[0].Items.Rows, parts.Sum(p => p.Rank));
        int at = 0;
        foreach (var part in parts)
        {
            for (int item = 0; item < items.Rows; item++) part.Items.Row(item).CopyTo(items.Row(item)[at..]);
            at += part.Rank;
        }
        var classes = Array.Find(parts, p => p.Classes is not null);
        var users = Enumerable.Range(0, classes?.Users.Count ?? 1)
            .Select(of => new WeightedRows([.. parts.Select(p => p.Users[p.Classes is null ? 0 : of])], weights));
        return new InnerProducts([.. users], items, classes?.Classes);
    }
}
