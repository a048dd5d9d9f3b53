using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Clusters;

/// <summary>
/// k-means on the unit sphere (Dhillon and Modha 2001): items go to the centre of the greatest cosine, a centre is the direction of its members' sum. The first
/// centres are drawn as k-means++ does in its greedy form (Arthur and Vassilvitskii 2007), a distance being 1 - cosine. Ties go to the smaller index, sums run
/// in item order, a centre that loses all members takes the item that is farthest from its own: equal seeds give equal bits for any number of threads.
/// </summary>
internal sealed class SphericalKMeans
{
    private const int BlockItems = 512;

    private readonly FactorMatrix _points;
    private readonly FactorMatrix _centres;
    private readonly float[] _cosines;

    private SphericalKMeans(FactorMatrix points, int clusters)
    {
        _points = points;
        _centres = new FactorMatrix(clusters, points.Rank);
        _cosines = new float[points.Rows];
        ClusterOf = new int[points.Rows];
    }

    /// <summary>The cluster of each point.</summary>
    public int[] ClusterOf { get; }

    /// <summary>Rows of unit length.</summary>
    public FactorMatrix Centres => _centres;

    /// <summary>Mean cosine of a point to its centre.</summary>
    public double Cohesion { get; private set; }

    /// <param name="points">Rows of unit length; none is zero.</param>
    /// <param name="clusters">From 1 to the number of points.</param>
    public static SphericalKMeans Fit(FactorMatrix points, int clusters, int iterations, StageContext context)
    {
        var fit = new SphericalKMeans(points, clusters);
        fit.Draw(new SplitMix64(context.Seed, "clusters"));
        for (int i = 0; i < iterations; i++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            bool moved = fit.Assign(context) | fit.FillEmpty();
            context.Progress.Step("clusters", i + 1, iterations, "rounds");
            fit.Move();
            if (!moved) break;
        }
        fit.Assign(context);
        fit.FillEmpty();
        fit.Cohesion = fit._cosines.Sum(c => (double)c) / Math.Max(1, points.Rows);
        return fit;
    }

    private void Draw(SplitMix64 random)
    {
        int trials = 2 + (int)Math.Log(_centres.Rows);
        var distance = new double[_points.Rows];
        distance.AsSpan().Fill(2);
        var tried = new double[_points.Rows];
        var best = new double[_points.Rows];
        for (int c = 0; c < _centres.Rows; c++)
        {
            double sum = distance.Sum();
            double least = double.PositiveInfinity;
            int chosen = 0;
            // The first centre is any point; of the others' trials the one that leaves the smallest distances.
            for (int t = 0; t < (c == 0 ? 1 : trials); t++)
            {
                int candidate = Pick(distance, random.NextDouble() * sum);
                double left = 0;
                for (int i = 0; i < tried.Length; i++)
                {
                    tried[i] = Math.Min(distance[i], Math.Max(0, 1 - TensorPrimitives.Dot<float>(_points.Row(i), _points.Row(candidate))));
                    left += tried[i];
                }
                if (left >= least) continue;
                (least, chosen) = (left, candidate);
                (tried, best) = (best, tried);
            }
            best.CopyTo(distance, 0);
            _points.Row(chosen).CopyTo(_centres.Row(c));
        }
    }

    /// <summary>A point with a chance by its distance; the first where all distances are 0.</summary>
    private static int Pick(double[] distance, double at)
    {
        int picked = 0;
        for (int i = 0; i < distance.Length; i++)
        {
            if (distance[i] <= 0) continue;
            picked = i;
            if ((at -= distance[i]) < 0) break;
        }
        return picked;
    }

    private bool Assign(StageContext context)
    {
        int blocks = (_points.Rows + BlockItems - 1) / BlockItems;
        var moved = new bool[blocks];
        context.ForEachPiece(blocks, () => new float[BlockItems * _centres.Rows], (block, products) =>
        {
            int first = block * BlockItems;
            int rows = Math.Min(BlockItems, _points.Rows - first);
            Products(first, rows, products);
            for (int r = 0; r < rows; r++)
            {
                var row = products.AsSpan(r * _centres.Rows, _centres.Rows);
                int best = 0;
                for (int c = 1; c < row.Length; c++)
                    if (row[c] > row[best]) best = c;
                moved[block] |= ClusterOf[first + r] != best;
                ClusterOf[first + r] = best;
                _cosines[first + r] = row[best];
            }
        });
        return moved.Contains(true);
    }

    private unsafe void Products(int first, int rows, float[] products)
    {
        fixed (float* points = _points.Values, centres = _centres.Values, to = products)
        {
            Gemm.Multiply(
                MatrixView.Of(_points, points).Part(first, 0, rows, _points.Rank),
                MatrixView.Of(_centres, centres).Transposed,
                new MatrixView(to, rows, _centres.Rows, _centres.Rows));
        }
    }

    private bool FillEmpty()
    {
        var sizes = new int[_centres.Rows];
        foreach (int c in ClusterOf) sizes[c]++;
        bool filled = false;
        for (int c = 0; c < sizes.Length; c++)
        {
            if (sizes[c] > 0) continue;
            int farthest = -1;
            for (int i = 0; i < _cosines.Length; i++)
                if (sizes[ClusterOf[i]] > 1 && (farthest < 0 || _cosines[i] < _cosines[farthest])) farthest = i;
            if (farthest < 0) break;
            sizes[ClusterOf[farthest]]--;
            (ClusterOf[farthest], sizes[c], _cosines[farthest]) = (c, 1, 1);
            filled = true;
        }
        return filled;
    }

    private void Move()
    {
        var sums = new double[_centres.Rows * _centres.Rank];
        for (int i = 0; i < _points.Rows; i++)
        {
            var row = _points.Row(i);
            var sum = sums.AsSpan(ClusterOf[i] * _centres.Rank, _centres.Rank);
            for (int k = 0; k < row.Length; k++) sum[k] += row[k];
        }
        for (int c = 0; c < _centres.Rows; c++)
        {
            var sum = sums.AsSpan(c * _centres.Rank, _centres.Rank);
            double square = 0;
            foreach (double x in sum) square += x * x;
            // Members that cancel out have no direction: the centre stays.
            if (square <= 0) continue;
            double scale = 1 / Math.Sqrt(square);
            var centre = _centres.Row(c);
            for (int k = 0; k < centre.Length; k++) centre[k] = (float)(sum[k] * scale);
        }
    }
}
