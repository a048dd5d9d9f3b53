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
    public double Effective
    {
        get
        {
            double sum = 0, squares = 0;
            foreach (double w in _w) (sum, squares) = (sum + w, squares + w * w);
            return squares > 0 ? sum * sum / squares : 0;
        }
    }

    /// <returns>The ratio and its error; NaN where nothing weighs anything, an infinite error where one cluster alone does.</returns>
    public (double Value, double Error) Result()
    {
        double y = 0, w = 0;
        int clusters = 0;
        for (int c = 0; c < _y.Length; c++)
        {
            if (_lists[c] == 0) continue;
            clusters++;
            (y, w) = (y + _y[c], w + _w[c]);
        }
        if (!(w > 0)) return (double.NaN, double.NaN);
        double ratio = y / w, squares = 0;
        for (int c = 0; c < _y.Length; c++)
        {
            double residual = _y[c] - ratio * _w[c];
            squares += residual * residual;
        }
        return (ratio, clusters < 2 ? double.PositiveInfinity : Math.Sqrt(clusters / (clusters - 1.0) * squares) / w);
    }
}
