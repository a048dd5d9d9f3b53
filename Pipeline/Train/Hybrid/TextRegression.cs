using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>Ridge regressions from items' features, taught by some of the items.</summary>
internal sealed class TextRegression
{
    private readonly FactorMatrix _features;
    private readonly FactorMatrix _taught;
    private readonly FactorMatrix _inverse;
    private readonly StageContext _context;

    /// <param name="features">F, items x d.</param>
    /// <param name="taughtBy">Items whose rows count.</param>
    /// <param name="ridge">lambda, above 0.</param>
    public TextRegression(FactorMatrix features, bool[] taughtBy, double ridge, StageContext context)
    {
        _features = features;
        _context = context;
        _taught = taughtBy.Contains(false) ? Only(taughtBy, features) : features;
        var gram = Gramian.Of(_taught, context.Threads, context.Cancellation);
        int d = features.Rank;
        for (int k = 0; k < d; k++) gram[k * d + k] += ridge;
        var factor = DoubleCholesky.Factor(gram, d)
            ?? throw new RunFailedException("the items' features have products that are not finite; check the embeddings, or raise Train:Text:Regularization");
        var lower = TriangularInverse.Of(factor, context);
        var inverse = Gramian.Of(lower, context.Threads, context.Cancellation);
        _inverse = new FactorMatrix(d, d);
        for (int r = 0; r < d; r++)
            for (int k = 0; k < d; k++)
                _inverse.Row(r)[k] = (float)inverse[r * d + k];
    }

    private static FactorMatrix Only(bool[] taughtBy, FactorMatrix features)
    {
        var taught = new FactorMatrix(features.Rows, features.Rank, (float[])features.Values.Clone());
        for (int item = 0; item < taughtBy.Length; item++)
            if (!taughtBy[item]) taught.PaddedRow(item).Clear();
        return taught;
    }

    /// <summary>
    /// items x 2 d, two maps side by side, with M = (F^T F + lambda I)^-1 over the teaching items: <c>C F M</c>, whose row h times f_j predicts what h adds to
    /// the score of any item j by the company that items like j keep; and <c>s F M</c>, by which j is like h.
    /// </summary>
    public unsafe FactorMatrix Inward(SparseRows edges, double likeness)
    {
        int d = _taught.Rank;
        var sums = new FactorMatrix(_taught.Rows, d);
        SparseProduct.Multiply(edges, _taught, sums, _context);
        var inward = new FactorMatrix(sums.Rows, 2 * d);
        fixed (float* into = inward.Values, company = sums.Values, own = _taught.Values, inverse = _inverse.Values)
        {
            var (all, m) = (MatrixView.Of(inward, into), MatrixView.Of(_inverse, inverse));
            Gemm.Multiply(MatrixView.Of(sums, company), m, all.Part(0, 0, inward.Rows, d), _context.Threads, _context.Cancellation);
            var right = all.Part(0, d, inward.Rows, d);
            Gemm.Clear(right);
            Gemm.MultiplyAdd((float)likeness, MatrixView.Of(_taught, own), m, right, _context.Threads, _context.Cancellation);
        }
        return inward;
    }

    /// <summary>F (F^T F + lambda I)^-1 F^T Y: what the features say of Y's rows, for every item.</summary>
    public unsafe FactorMatrix Map(FactorMatrix targets)
    {
        int d = _taught.Rank;
        var products = new double[checked(d * targets.Rank)];
        fixed (float* f = _taught.Values, y = targets.Values)
            Gramian.Cross(MatrixView.Of(_taught, f), MatrixView.Of(targets, y), products, _context.Threads, _context.Cancellation);
        var cross = new FactorMatrix(d, targets.Rank);
        for (int r = 0; r < d; r++)
            for (int k = 0; k < targets.Rank; k++)
                cross.Row(r)[k] = (float)products[r * targets.Rank + k];
        var weights = new FactorMatrix(d, targets.Rank);
        Gemm.Multiply(_inverse, cross, weights, _context.Threads, _context.Cancellation);
        var mapped = new FactorMatrix(_features.Rows, targets.Rank);
        Gemm.Multiply(_features, weights, mapped, _context.Threads, _context.Cancellation);
        return mapped;
    }
}
