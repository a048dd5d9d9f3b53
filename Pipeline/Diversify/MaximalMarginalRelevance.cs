using System.Buffers;
using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Distance, by maximal marginal relevance (Carbonell and Goldstein 1998): a candidate i adds <c>1 - max over chosen j of cos(i, j)</c>; the maximum over
/// nothing is 0. In their weighting, <c>a * Sim1 - (1 - a) * Sim2</c>, lambda is <c>(1 - a) / a</c>. The greatest similarity of every candidate is kept and
/// updated with each entry, so a list costs O(N M d). Memory: M x d floats, rented.
/// </summary>
internal sealed class MaximalMarginalRelevance(EmbeddingTable embeddings) : IDiversityGain
{
    public const string Name = "mmr";

    public static readonly DiversifierDefinition Definition =
        new(Name, of => new GreedyDiversifier(of.UserLambda, new MaximalMarginalRelevance(of.Embeddings)));

    public IListGain Begin(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance) => new Distances(embeddings, items);

    private sealed class Distances : IListGain
    {
        private readonly int _count;
        private readonly int _stride;
        private readonly float[] _rented;
        private bool _any;

        public Distances(EmbeddingTable embeddings, ReadOnlySpan<int> items)
        {
            (_count, _stride) = (items.Length, embeddings.Vectors.Stride);
            _rented = ArrayPool<float>.Shared.Rent(_count * (_stride + 2));
            for (int k = 0; k < _count; k++) embeddings.Vectors.PaddedRow(items[k]).CopyTo(_rented.AsSpan(k * _stride));
            Greatest.Clear();
        }

        private Span<float> Greatest => _rented.AsSpan(_count * _stride, _count);

        public void AddTo(Span<float> gains)
        {
            TensorPrimitives.Subtract(gains, Greatest, gains);
            TensorPrimitives.Add(gains, 1f, gains);
        }

        public void Take(int position)
        {
            var similarity = _rented.AsSpan(_count * (_stride + 1), _count);
            RowProducts.Of(_rented.AsSpan(0, _count * _stride), _stride, _rented.AsSpan(position * _stride, _stride), similarity);
            if (_any) TensorPrimitives.Max(Greatest, similarity, Greatest);
            else similarity.CopyTo(Greatest);
            _any = true;
        }

        public void Dispose() => ArrayPool<float>.Shared.Return(_rented);
    }
}
