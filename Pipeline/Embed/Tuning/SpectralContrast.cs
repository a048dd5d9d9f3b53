using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// Learns a <see cref="TextAdapter"/> from what customers bought: the spectral contrastive loss (HaoChen et al. 2021, equation 6),
/// <c>-2 E[x^T S y] + E[(x^T S z)^2]</c>, for vectors x and y of two purchases of one customer and x and z of any two items. Its minimum is at
/// <c>S = N^-1 P N^-1</c> with <c>P = E[x y^T]</c> and <c>N = E[x x^T]</c>, so nothing is drawn and no step is taken. The tuned likeness of two texts is
/// <c>x^T (I + w S / s) y</c>, s being the largest eigenvalue of S, of which the leading directions are kept. Items count alike in N: the popular ones
/// then pull what sells well together, which is what new items are found by. Time: (customers + items) x d^2.
/// </summary>
internal sealed class SpectralContrast(TuningOptions options)
{
    /// <summary>Customers whose sums lie in memory at once.</summary>
    private const int Block = 16_384;

    /// <param name="vectors">items x d, unit rows.</param>
    /// <param name="usable">By item: those that may be learned from.</param>
    /// <returns>Null where no customer bought two of them.</returns>
    public TextAdapter? Train(InteractionMatrix interactions, FactorMatrix vectors, bool[] usable, StageContext context)
    {
        int d = vectors.Rank;
        if (Together(interactions.ByUser, vectors, usable, context) is not var (s, sold)) return null;
        var apart = Products(vectors, [.. sold.Select(n => n ? 1.0 : 0)], context);
        double mean = 0;
        for (int k = 0; k < d; k++) mean += apart[k * d + k] / d;
        for (int k = 0; k < d; k++) apart[k * d + k] += options.Ridge * mean;
        var factor = DoubleCholesky.Factor(apart, d)
            ?? throw new RunFailedException("the items' vectors have products that are not finite; check the encoder, or raise Embed:Tuning:Ridge");
        // N^-1 P, row by row; its transpose is P N^-1.
        SolveRows(factor, s, d);
        Transpose(s, d);
        SolveRows(factor, s, d);
        Symmetrize(s, d);
        int rank = Math.Min(options.Rank, d);
        var (values, directions) = SymmetricEigen.Leading(s, d, rank, context.Threads, context.Cancellation);
        var adapter = new TextAdapter(new FactorMatrix(d, rank), new FactorMatrix(d, rank));
        for (int k = 0; k < rank; k++)
        {
            // The square root of I + w S / s, so that inner products of what it makes are the tuned likeness.
            double grown = values[k] > 0 ? Math.Sqrt(1 + options.Weight * values[k] / values[0]) - 1 : 0;
            for (int i = 0; i < d; i++)
            {
                adapter.In.Row(i)[k] = (float)directions[k * d + i];
                adapter.Out.Row(i)[k] = (float)(grown * directions[k * d + i]);
            }
        }
        return adapter;
    }

    /// <summary>P as a sum: each purchase with the mean of its customer's others. And by item whether it is in it.</summary>
    private static (double[] Sum, bool[] Sold)? Together(SparseRows rows, FactorMatrix vectors, bool[] usable, StageContext context)
    {
        int d = vectors.Rank;
        var sum = new double[d * d];
        var own = new double[usable.Length];
        for (int first = 0; first < rows.Rows; first += Block)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(Block, rows.Rows - first);
            var sums = new FactorMatrix(count, d);
            for (int user = 0; user < count; user++)
            {
                var items = rows.RowIndices(first + user);
                int n = 0;
                foreach (int item in items)
                    if (usable[item]) n++;
                if (n < 2) continue;
                float scale = (float)(1 / Math.Sqrt(n - 1));
                foreach (int item in items)
                {
                    if (!usable[item]) continue;
                    VectorMath.Axpy(scale, vectors.Row(item), sums.Row(user));
                    own[item] += 1.0 / (n - 1);
                }
            }
            Add(Gramian.Of(sums, context.Threads, context.Cancellation), 1, sum);
            context.Progress.Step("tune text", first + count, rows.Rows, "users");
        }
        bool[] sold = Array.ConvertAll(own, o => o > 0);
        if (!sold.Contains(true)) return null;
        Add(Products(vectors, own, context), -1, sum);
        return (sum, sold);
    }

    /// <summary>Sum of each item's vector times itself, times its weight.</summary>
    private static double[] Products(FactorMatrix vectors, double[] weights, StageContext context)
    {
        var scaled = new FactorMatrix(vectors.Rows, vectors.Rank);
        for (int item = 0; item < weights.Length; item++)
            if (weights[item] > 0) VectorMath.Axpy((float)Math.Sqrt(weights[item]), vectors.Row(item), scaled.Row(item));
        return Gramian.Of(scaled, context.Threads, context.Cancellation);
    }

    private static void Add(double[] more, double scale, double[] to)
    {
        for (int k = 0; k < to.Length; k++) to[k] += scale * more[k];
    }

    private static void SolveRows(DoubleCholesky factor, double[] rows, int d)
    {
        for (int i = 0; i < d; i++) factor.Solve(rows.AsSpan(i * d, d));
    }

    private static void Transpose(double[] a, int d)
    {
        for (int i = 0; i < d; i++)
            for (int j = 0; j < i; j++)
                (a[i * d + j], a[j * d + i]) = (a[j * d + i], a[i * d + j]);
    }

    // Both triangles agree but for rounding.
    private static void Symmetrize(double[] a, int d)
    {
        for (int i = 0; i < d; i++)
            for (int j = 0; j < i; j++)
                a[i * d + j] = a[j * d + i] = (a[i * d + j] + a[j * d + i]) / 2;
    }
}
