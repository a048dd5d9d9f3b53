namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>
/// A ratio sum(y) / sum(w) over lists whose error counts users, not lists: with s(u) the sum of y - ratio * w over a user's lists and C users,
/// the variance is C / (C - 1) * sum s(u)^2 / (sum w)^2 (the sandwich with clusters, Liang and Zeger 1986). With w = 1 it is a plain mean.
/// </summary>
internal sealed class ClusteredMean(int clusters)
{
    private readonly double[] _y = new double[clusters];
    private readonly double[] _w = new double[clusters];
    private readonly int[] _lists = new int[clusters];

    public void Add(int cluster, double y, double w)
    {
        _y[cluster] += y;
        _w[cluster] += w;
        _lists[cluster]++;
    }

    /// <summary>Clusters that gave a list.</summary>
    public int Clusters => _lists.Count(n => n > 0);

    /// <summary>Kish's effective number of clusters by their weights, (sum w)^2 / sum w^2.</summary>
    public double Effective => Kish(_w);

    /// <summary>The same by what the clusters brought: as many users with one click each, on lists of equal weight, would say as much.</summary>
    public double EffectiveClicks => Kish(_y);

    /// <summary>The ratio and the moments of its error; NaN where nothing weighs anything.</summary>
    public RatioMoments Moments()
    {
        double y = 0, w = 0, second = 0, third = 0, fourth = 0;
        int clusters = 0;
        for (int c = 0; c < _y.Length; c++)
        {
            if (_lists[c] == 0) continue;
            clusters++;
            (y, w) = (y + _y[c], w + _w[c]);
        }
        if (!(w > 0)) return RatioMoments.None;
        double ratio = y / w;
        for (int c = 0; c < _y.Length; c++)
        {
            double residual = _y[c] - ratio * _w[c], square = residual * residual;
            (second, third, fourth) = (second + square, third + square * residual, fourth + square * square);
        }
        return new RatioMoments(ratio, w, clusters, second, third, fourth);
    }

    /// <summary>The mean over the lists of both.</summary>
    public ClusteredMean With(ClusteredMean other)
    {
        var both = new ClusteredMean(_y.Length);
        for (int c = 0; c < _y.Length; c++) (both._y[c], both._w[c], both._lists[c]) = (_y[c] + other._y[c], _w[c] + other._w[c], _lists[c] + other._lists[c]);
        return both;
    }

    private static double Kish(double[] values)
    {
        double sum = 0, squares = 0;
        foreach (double v in values) (sum, squares) = (sum + v, squares + v * v);
        return squares > 0 ? sum * sum / squares : 0;
    }
}

/// <param name="Weight">What the sums of residuals are divided by.</param>
/// <param name="Second">Sum of the clusters' squared residuals, <paramref name="Third"/> and <paramref name="Fourth"/> of their higher powers.</param>
internal readonly record struct RatioMoments(double Value, double Weight, int Clusters, double Second, double Third, double Fourth)
{
    public static readonly RatioMoments None = new(double.NaN, 0, 0, 0, 0, 0);
}
