using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Train.Ratings;

namespace Recsys.Batch.Pipeline.Tests.Train.Ratings;

/// <summary>The equations as they are written down: in double, a row of [factors, bias] at a time, solved by Gaussian elimination.</summary>
internal sealed class DenseAlsRatings
{
    private readonly AlsRatingsOptions _options;
    private readonly List<(int User, int Item, double Rating)> _ratings = [];
    private readonly double[][] _users;
    private readonly double[][] _items;

    /// <param name="items">Where the iteration starts: factors, then the bias.</param>
    public DenseAlsRatings(SparseRows ratings, AlsRatingsOptions options, double[][] items)
    {
        _options = options;
        for (int user = 0; user < ratings.Rows; user++)
            for (int k = ratings.Pointers[user]; k < ratings.Pointers[user + 1]; k++)
                _ratings.Add((user, ratings.Indices[k], ratings.Values[k]));
        Mean = _ratings.Average(r => r.Rating);
        Deviation = Math.Sqrt(_ratings.Average(r => Math.Pow(r.Rating - Mean, 2)));
        _ratings = [.. _ratings.Select(r => (r.User, r.Item, (r.Rating - Mean) / Deviation))];
        _users = [.. Enumerable.Range(0, ratings.Rows).Select(_ => new double[options.Rank + 1])];
        _items = items;
    }

    public double Mean { get; }

    public double Deviation { get; }

    public void SolveUsers()
    {
        for (int user = 0; user < _users.Length; user++)
            _users[user] = Solve([.. _ratings.Where(r => r.User == user).Select(r => (_items[r.Item], r.Rating))]);
    }

    public void SolveItems()
    {
        for (int item = 0; item < _items.Length; item++)
            _items[item] = Solve([.. _ratings.Where(r => r.Item == item).Select(r => (_users[r.User], r.Rating))]);
    }

    public double Expected(int user, int item) => Mean + Deviation * Standard(user, item);

    /// <summary>What is minimized.</summary>
    public double Objective()
    {
        double sum = _ratings.Sum(r => Math.Pow(r.Rating - Standard(r.User, r.Item), 2));
        foreach (var (rows, count) in ((double[][], Func<int, int>)[])
            [(_users, u => _ratings.Count(r => r.User == u)), (_items, i => _ratings.Count(r => r.Item == i))])
        {
            for (int row = 0; row < rows.Length; row++)
            {
                double lambda = _options.Regularization * Math.Pow(count(row), _options.RegularizationExponent);
                sum += lambda * Factors(rows[row], rows[row]) + _options.BiasRegularization * rows[row][^1] * rows[row][^1];
            }
        }
        return sum;
    }

    private double Standard(int user, int item) => _users[user][^1] + _items[item][^1] + Factors(_users[user], _items[item]);

    private double[] Solve((double[] Other, double Rating)[] pairs)
    {
        int n = _options.Rank + 1;
        var (a, b) = (new double[n, n], new double[n]);
        for (int k = 0; k < n; k++)
        {
            a[k, k] = k < _options.Rank ? _options.Regularization * Math.Pow(pairs.Length, _options.RegularizationExponent) : _options.BiasRegularization;
            if (pairs.Length == 0) a[k, k] = 1;
        }
        foreach (var (other, rating) in pairs)
        {
            double[] v = [.. other[.._options.Rank], 1];
            for (int k = 0; k < n; k++)
            {
                b[k] += v[k] * (rating - other[^1]);
                for (int l = 0; l < n; l++) a[k, l] += v[k] * v[l];
            }
        }
        for (int k = 0; k < n; k++)
        {
            for (int row = k + 1; row < n; row++)
            {
                double factor = a[row, k] / a[k, k];
                for (int l = k; l < n; l++) a[row, l] -= factor * a[k, l];
                b[row] -= factor * b[k];
            }
        }
        for (int k = n - 1; k >= 0; k--)
        {
            for (int l = k + 1; l < n; l++) b[k] -= a[k, l] * b[l];
            b[k] /= a[k, k];
        }
        return b;
    }

    private double Factors(double[] one, double[] other) => Enumerable.Range(0, _options.Rank).Sum(k => one[k] * other[k]);
}
