using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Tests.Train;

/// <summary>The objective and its exact alternating minimization, written down as in the paper: dense, in double, pair by pair.</summary>
internal sealed class DenseAls
{
    private readonly double[,] _weights;
    private readonly AlsOptions _options;

    public DenseAls(InteractionMatrix matrix, AlsOptions options, FactorMatrix users, FactorMatrix items)
    {
        _options = options;
        _weights = new double[matrix.Users, matrix.Items];
        for (int u = 0; u < matrix.Users; u++)
            for (int k = 0; k < matrix.ByUser.RowLength(u); k++)
                _weights[u, matrix.ByUser.RowIndices(u)[k]] = matrix.ByUser.RowValues(u)[k];
        Users = Rows(users);
        Items = Rows(items);
    }

    public double[][] Users { get; }

    public double[][] Items { get; }

    public void Iterate()
    {
        for (int u = 0; u < Users.Length; u++) Users[u] = Solve(Items, i => _weights[u, i]);
        for (int i = 0; i < Items.Length; i++) Items[i] = Solve(Users, u => _weights[u, i]);
    }

    public double Objective()
    {
        double sum = 0;
        for (int u = 0; u < Users.Length; u++)
        {
            for (int i = 0; i < Items.Length; i++)
            {
                double score = Dot(Users[u], Items[i]);
                sum += _options.UnobservedWeight * score * score + _weights[u, i] * (1 - score) * (1 - score);
            }
            sum += Lambda(Items.Length, i => _weights[u, i]) * Dot(Users[u], Users[u]);
        }
        for (int i = 0; i < Items.Length; i++) sum += Lambda(Users.Length, u => _weights[u, i]) * Dot(Items[i], Items[i]);
        return sum;
    }

    private double[] Solve(double[][] others, Func<int, double> weight)
    {
        int rank = _options.Rank;
        var a = new double[rank * rank];
        var b = new double[rank];
        for (int o = 0; o < others.Length; o++)
            for (int k = 0; k < rank; k++)
            {
                b[k] += weight(o) * others[o][k];
                for (int l = 0; l < rank; l++) a[k * rank + l] += (_options.UnobservedWeight + weight(o)) * others[o][k] * others[o][l];
            }
        for (int k = 0; k < rank; k++) a[k * rank + k] += Lambda(others.Length, weight);
        if (b.All(x => x == 0)) return b;
        DoubleCholesky.Factor(a, rank)!.Solve(b);
        return b;
    }

    private double Lambda(int others, Func<int, double> weight) =>
        _options.Regularization * Math.Pow(
            Enumerable.Range(0, others).Count(o => weight(o) > 0) + _options.UnobservedWeight * others, _options.RegularizationExponent);

    private static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();

    private static double[][] Rows(FactorMatrix factors) =>
        [.. Enumerable.Range(0, factors.Rows).Select(r => Array.ConvertAll(factors.Row(r).ToArray(), x => (double)x))];
}
