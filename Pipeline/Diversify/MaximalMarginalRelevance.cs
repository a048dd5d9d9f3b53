using System.Buffers;
using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Maximal marginal relevance (Carbonell and Goldstein 1998): entry after entry, the candidate i with the greatest
/// <c>relevance(i) + lambda * (1 - max over chosen j of cos(i, j))</c>; the maximum over nothing is 0, ties go to the candidate that came first.
/// In their weighting, <c>a * Sim1 - (1 - a) * Sim2</c>, lambda is <c>(1 - a) / a</c>. The greatest similarity of every candidate is kept and updated with each
/// entry, so a list costs O(N M d). Memory: M x d floats, rented.
/// </summary>
internal sealed class MaximalMarginalRelevance : IDiversifier
{
    public const string Name = "mmr";

    public static readonly DiversifierDefinition Definition = new(Name, of => new MaximalMarginalRelevance(of.Embeddings, (float)of.Lambda));

    private readonly EmbeddingTable _embeddings;
    private readonly float _lambda;

    public MaximalMarginalRelevance(EmbeddingTable embeddings, float lambda)
    {
        if (!(lambda >= 0 && float.IsFinite(lambda))) throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "lambda is a number from 0 up");
        _embeddings = embeddings;
        _lambda = lambda;
    }

    public int Choose(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list)
    {
        int n = items.Length;
        int length = Math.Min(n, list.Length);
        int stride = _embeddings.Vectors.Stride;
        var rented = ArrayPool<float>.Shared.Rent(n * (stride + 3));
        var vectors = rented.AsSpan(0, n * stride);
        var greatest = rented.AsSpan(n * stride, n);
        var similarity = rented.AsSpan(n * (stride + 1), n);
        var objective = rented.AsSpan(n * (stride + 2), n);
        for (int k = 0; k < n; k++) _embeddings.Vectors.PaddedRow(items[k]).CopyTo(vectors[(k * stride)..]);
        for (int k = 0; k < n; k++) objective[k] = relevance[k] + _lambda;
        for (int entry = 0; entry < length; entry++)
        {
            int best = TensorPrimitives.IndexOfMax(objective);
            float gain = _lambda * (entry == 0 ? 1 : 1 - greatest[best]);
            list[entry] = new ListEntry(best, relevance[best], gain);
            if (entry + 1 == length) break;
            RowProducts.Of(vectors, stride, vectors.Slice(best * stride, stride), similarity);
            if (entry == 0) similarity.CopyTo(greatest);
            else TensorPrimitives.Max(greatest, similarity, greatest);
            for (int k = 0; k < n; k++)
                objective[k] = float.IsNegativeInfinity(objective[k]) ? objective[k] : relevance[k] + _lambda * (1 - greatest[k]);
            objective[best] = float.NegativeInfinity;
        }
        ArrayPool<float>.Shared.Return(rented);
        return length;
    }
}
