using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.TextQuality;

/// <summary>Queries and targets under one measure of nearness: larger is nearer.</summary>
internal interface ITextSpace
{
    /// <summary>Nearness of every target to query <paramref name="query"/>.</summary>
    void Scores(int query, Span<float> scores);
}

/// <summary>Cosines of sparse rows of unit length, over the targets' terms.</summary>
internal sealed class SparseSpace(SparseRows queries, SparseRows targets) : ITextSpace
{
    private readonly SparseRows _byTerm = targets.Transpose();

    public void Scores(int query, Span<float> scores)
    {
        scores.Clear();
        var terms = queries.RowIndices(query);
        var weights = queries.RowValues(query);
        for (int k = 0; k < terms.Length; k++)
        {
            var at = _byTerm.RowIndices(terms[k]);
            var values = _byTerm.RowValues(terms[k]);
            for (int t = 0; t < at.Length; t++) scores[at[t]] += weights[k] * values[t];
        }
    }
}

/// <summary>Cosines of dense rows of unit length.</summary>
internal sealed class DenseSpace(FactorMatrix queries, FactorMatrix targets) : ITextSpace
{
    public void Scores(int query, Span<float> scores)
    {
        var row = queries.PaddedRow(query);
        for (int t = 0; t < scores.Length; t++) scores[t] = VectorMath.Dot(row, targets.PaddedRow(t));
    }
}

/// <summary>Cosines of the concatenation of two spaces' rows, both at equal weight.</summary>
internal sealed class ConcatenatedSpace(ITextSpace first, ITextSpace second) : ITextSpace
{
    public void Scores(int query, Span<float> scores)
    {
        first.Scores(query, scores);
        var others = new float[scores.Length];
        second.Scores(query, others);
        for (int t = 0; t < scores.Length; t++) scores[t] = (scores[t] + others[t]) / 2;
    }
}
