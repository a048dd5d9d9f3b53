using System.Buffers;
using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Distance, by maximal marginal relevance (Carbonell and Goldstein 1998): a candidate i adds <c>1 - max over chosen j of cos(i, j)</c>; the maximum over
/// nothing is 0. In their weighting, <c>a * Sim1 - (1 - a) * Sim2</c>, lambda is <c>(1 - a) / a</c>. The greatest similarity of every candidate is kept and
/// updated with each entry, so a list costs O(N M d). Memory: M x d floats, rented. With a window w only the last w entries count (Chen, Zhang and Zhou 2018,
/// section 5), whose similarities are kept: w x M floats more.
/// </summary>
/// <param name="window">0: all entries count.</param>
internal sealed class MaximalMarginalRelevance(EmbeddingTable embeddings, int window = 0) : IDiversityGain
{
    public const string Name = "mmr";

    public static readonly DiversifierDefinition Definition =
        new(Name, of => new GreedyDiversifier(of.UserLambda, new MaximalMarginalRelevance(of.Embeddings, of.Window)));

    public IListGain Begin(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance) => new Distances(embeddings, items, window);

    private sealed class Distances : IListGain
    {
        private readonly int _count;
        private readonly int _stride;
        private readonly float[] _rented;
        private readonly int _window;
        private int _taken;

        public Distances(EmbeddingTable embeddings, ReadOnlySpan<int> items, int window)
        {
            (_count, _stride, _window) = (items.Length, embeddings.Vectors.Stride, window);
            _rented = ArrayPool<float>.Shared.Rent(_count * (_stride + 1 + Math.Max(1, window)));
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
            var similarity = Similarity(_window == 0 ? 0 : _taken % _window);
            RowProducts.Of(_rented.AsSpan(0, _count * _stride), _stride, _rented.AsSpan(position * _stride, _stride), similarity);
            _taken++;
            if (_window > 0 && _taken > _window)
            {
                // The entry that was overwritten may have been the most similar, so the greatest is that of those that are left.
                Similarity(0).CopyTo(Greatest);
                for (int entry = 1; entry < _window; entry++) TensorPrimitives.Max(Greatest, Similarity(entry), Greatest);
            }
            else if (_taken > 1)
            {
                TensorPrimitives.Max(Greatest, similarity, Greatest);
            }
            else
            {
                similarity.CopyTo(Greatest);
            }
        }

        private Span<float> Similarity(int entry) => _rented.AsSpan(_count * (_stride + 1 + entry), _count);

        public void Dispose() => ArrayPool<float>.Shared.Return(_rented);
    }
}
