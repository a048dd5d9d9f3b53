using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>One way to make scores of those of several scorers: <c>overall_i * sum_s weight_s factor_si score_s</c> for item i.</summary>
/// <param name="Weights">One a scorer; a scorer of weight 0 has no part.</param>
internal sealed record ScoreMix(params float[] Weights)
{
    /// <summary>Factors by item, one array a scorer; null, or null for a scorer, is 1 for all.</summary>
    public float[]?[]? Factors { get; init; }

    /// <summary>Factors of the sum by item; null is 1 for all.</summary>
    public float[]? Overall { get; init; }

    /// <summary>The mix at one of several cuts, whose factors stand behind each other.</summary>
    public ScoreMix At(int cut, int items) => new(Weights)
    {
        Factors = Factors is null ? null : Array.ConvertAll(Factors, f => f?[(cut * items)..((cut + 1) * items)]),
        Overall = Overall?[(cut * items)..((cut + 1) * items)],
    };
}

/// <summary>Measures scores on the validation window: the race knows no other part of the log.</summary>
internal interface IRaceMeasure
{
    /// <summary>Users with something new to them in the window.</summary>
    int Users { get; }

    /// <summary>NDCG of every user under every mix of the scorers: one array a mix, aligned over all calls.</summary>
    float[][] Ndcg(IReadOnlyList<IBlockScorer> scorers, IReadOnlyList<ScoreMix> mixes);

    Interval Mean(float[] ndcg);

    /// <summary>The mean of <paramref name="ndcg"/> less <paramref name="other"/>'s over the same users.</summary>
    Interval Difference(float[] ndcg, float[] other);
}
