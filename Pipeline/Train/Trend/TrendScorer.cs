using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Trend;

/// <summary>Scores times a factor an item. What the scorer can do besides (factors, contributions, sources), the product can.</summary>
internal class TrendScorer : IBlockScorer
{
    private readonly IBlockScorer _scorer;
    private readonly float[] _factors;

    private TrendScorer(IBlockScorer scorer, float[] factors) => (_scorer, _factors) = (scorer, factors);

    public int Users => _scorer.Users;

    public int Items => _scorer.Items;

    public int PreferredPanel => _scorer.PreferredPanel;

    public static IBlockScorer Of(IBlockScorer scorer, float[] factors) => scorer switch
    {
        IFactorScorer and IContributionScorer and ISourceScorer => new SourcedFactors(scorer, factors),
        IFactorScorer and IContributionScorer => new ContributingFactors(scorer, factors),
        IFactorScorer factor => new FactorScorer(Multiplied(factor.Products, factors)),
        IContributionScorer and ISourceScorer => new Sourced(scorer, factors),
        IContributionScorer => new Contributing(scorer, factors),
        _ => new TrendScorer(scorer, factors),
    };

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        _scorer.Score(users, firstItem, itemCount, scores, stride);
        var here = _factors.AsSpan(firstItem, itemCount);
        for (int u = 0; u < users.Length; u++)
        {
            var row = scores.Slice(u * stride, itemCount);
            TensorPrimitives.Multiply(row, here, row);
        }
    }

    private static InnerProducts Multiplied(InnerProducts products, float[] factors)
    {
        var items = new FactorMatrix(products.Items.Rows, products.Rank);
        for (int item = 0; item < items.Rows; item++) TensorPrimitives.Multiply(products.Items.PaddedRow(item), factors[item], items.PaddedRow(item));
        return products with { Items = items };
    }

    private static void Contribute(IBlockScorer scorer, float factor, int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ((IContributionScorer)scorer).Contributions(user, item, history, contributions);
        TensorPrimitives.Multiply(contributions[..history.Length], factor, contributions[..history.Length]);
    }

    private class Contributing(IBlockScorer scorer, float[] factors) : TrendScorer(scorer, factors), IContributionScorer
    {
        public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
            Contribute(_scorer, _factors[item], user, item, history, contributions);
    }

    private sealed class Sourced(IBlockScorer scorer, float[] factors) : Contributing(scorer, factors), ISourceScorer
    {
        public CandidateSource SourceOf(int user, int item) => ((ISourceScorer)_scorer).SourceOf(user, item);
    }

    private class ContributingFactors(IBlockScorer scorer, float[] factors)
        : FactorScorer(Multiplied(((IFactorScorer)scorer).Products, factors)), IContributionScorer
    {
        protected IBlockScorer Scorer { get; } = scorer;

        public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions) =>
            Contribute(Scorer, factors[item], user, item, history, contributions);
    }

    private sealed class SourcedFactors(IBlockScorer scorer, float[] factors) : ContributingFactors(scorer, factors), ISourceScorer
    {
        public CandidateSource SourceOf(int user, int item) => ((ISourceScorer)Scorer).SourceOf(user, item);
    }
}
