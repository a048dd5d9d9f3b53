using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// How far expected ratings lie from those that users gave in the test window, over pairs that they had not rated before: root mean squared error and mean
/// absolute error in the log's own units, each over all ratings, with 95% intervals by a bootstrap over users. Expected ratings are cut to the range of those
/// that were given before. What is measured beside the models: the mean of all ratings for everything.
/// </summary>
internal sealed class RatingAccuracy(EvaluateOptions options)
{
    public const string Rmse = "rmse", Mae = "mae";

    /// <summary>The model that expects the mean of all ratings.</summary>
    public const string GlobalMean = "global-mean";

    // Columns of a user: how many ratings, then a model's squared and absolute errors.
    private const int Counted = 0;

    /// <returns>
    /// Figures in slice <see cref="Slices.Ratings"/>, and the first model's less each other's; nothing where there is no such model or rating.
    /// </returns>
    public (IReadOnlyList<MetricValue> Metrics, IReadOnlyList<MetricDifference> Differences, SliceSize? Size) Measure(
        HoldOut holdOut, IReadOnlyList<(string Name, IPairScorer Scorer)> models, StageContext context)
    {
        if (models.Count == 0 || holdOut.TestRatings is not { Count: > 0 } test || holdOut.Train.Ratings is not { } known) return ([], [], null);
        string[] names = [.. models.Select(m => m.Name), GlobalMean];
        int columns = 1 + 2 * names.Length;
        int[] users = [.. Enumerable.Range(0, test.Rows).Where(u => Unrated(u, test, known.Rows).Length > 0)];
        if (users.Length == 0) return ([], [], null);
        var given = known.Rows.Values.AsSpan(0, known.Count);
        var (low, high, mean) = (float.PositiveInfinity, float.NegativeInfinity, 0.0);
        foreach (float rating in given) (low, high, mean) = (Math.Min(low, rating), Math.Max(high, rating), mean + rating / given.Length);
        var values = new float[users.Length * columns];
        context.ForEachPiece(users.Length, at =>
        {
            int user = users[at];
            int[] places = Unrated(user, test, known.Rows);
            int[] items = Array.ConvertAll(places, p => test.Indices[p]);
            var expected = new float[items.Length];
            var row = values.AsSpan(at * columns, columns);
            row[Counted] = items.Length;
            for (int m = 0; m < names.Length; m++)
            {
                if (m < models.Count) models[m].Scorer.Score(user, items, expected);
                else Array.Fill(expected, (float)mean);
                double squares = 0, absolutes = 0;
                for (int k = 0; k < items.Length; k++)
                {
                    double error = Math.Clamp(expected[k], low, high) - test.Values[places[k]];
                    squares += error * error;
                    absolutes += Math.Abs(error);
                }
                (row[Squares(m)], row[Absolutes(m)]) = ((float)squares, (float)absolutes);
            }
        });
        var bootstrap = PoissonBootstrap.Of(values, columns, options.Replicates, context.Seed, context.Threads);
        int ratings = (int)Math.Round(bootstrap.Means[Counted] * users.Length);
        var metrics = new List<MetricValue>();
        var differences = new List<MetricDifference>();
        for (int m = 0; m < names.Length; m++)
        {
            foreach (var (metric, of) in ((string, Func<Func<int, double>, int, double>)[])[(Rmse, RootMeanSquare), (Mae, MeanAbsolute)])
            {
                int model = m;
                var figure = bootstrap.Figure(column => of(column, model));
                metrics.Add(new MetricValue(names[m], Slices.Ratings, metric, figure.Value, figure.Low, figure.High, users.Length));
                if (m == 0) continue;
                var gain = bootstrap.Figure(column => of(column, 0) - of(column, model));
                differences.Add(new MetricDifference(names[0], names[m], Slices.Ratings, metric, gain.Value, gain.Low, gain.High));
            }
        }
        return (metrics, differences, new SliceSize(Slices.Ratings, users.Length, ratings));
    }

    private static double RootMeanSquare(Func<int, double> mean, int model) => Math.Sqrt(mean(Squares(model)) / mean(Counted));

    private static double MeanAbsolute(Func<int, double> mean, int model) => mean(Absolutes(model)) / mean(Counted);

    private static int Squares(int model) => 1 + 2 * model;

    private static int Absolutes(int model) => 2 + 2 * model;

    /// <summary>Where the user's test ratings stand of items that they had not rated before.</summary>
    private static int[] Unrated(int user, SparseRows test, SparseRows known)
    {
        var before = known.RowIndices(user);
        var places = new List<int>();
        for (int k = test.Pointers[user]; k < test.Pointers[user + 1]; k++)
            if (before.BinarySearch(test.Indices[k]) < 0) places.Add(k);
        return [.. places];
    }
}
