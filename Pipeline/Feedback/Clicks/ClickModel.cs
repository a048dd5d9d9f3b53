using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// The chance that an entry is clicked at the place where it stands, from clicks of one half of the users. A click counts for one over the examination of its
/// place (inverse propensity, Joachims, Swaminathan and Schnabel 2017), no more than <see cref="MaxWeight"/>, so that ML.NET's logistic regression learns what
/// is wanted rather than what stands first. Its scores become chances of a click by a user who looks by isotonic regression, clicks by examination in each
/// pool; times the examination of the place they are what a log shows.
/// </summary>
internal sealed class ClickModel
{
    public const double MaxWeight = 10;

    /// <summary>Entries that are learned from at most: of more lists every second, third and so on is taken.</summary>
    private const int MaxRows = 1_000_000;

    private const double L2 = 1e-4;

    private readonly ClickFeatures _features;
    private readonly float[] _weights, _means, _units;
    private readonly float _bias;
    private readonly IsotonicRegression _chances;

    private ClickModel(
        ExaminationCurve curve, ClickFeatures features, float[] weights, float[] means, float[] units, float bias, IsotonicRegression chances)
    {
        (Curve, _features, _weights, _means, _units, _bias, _chances) = (curve, features, weights, means, units, bias, chances);
    }

    public ExaminationCurve Curve { get; }

    /// <summary>By feature: change of the log-odds a standard deviation.</summary>
    public IReadOnlyList<(string Name, float Effect)> Effects => [.. _features.Names.Zip(_weights)];

    /// <param name="half">Users that are learned from.</param>
    public static ClickModel Learn(ShownItems shown, UserParts users, int half, ExaminationCurve curve, int seed)
    {
        int[] of = [.. Enumerable.Range(0, shown.Count).Where(at => users.HalfOf(shown.UserOf(at)) == half)];
        int step = (of.Length + MaxRows - 1) / MaxRows;
        if (step > 1) of = [.. of.Where(at => shown[at].List % step == 0)];
        var features = new ClickFeatures(shown, users, half, curve);
        int width = features.Width;
        var rows = new float[of.Length * width];
        for (int k = 0; k < of.Length; k++) features.Fill(of[k], learned: true, rows.AsSpan(k * width, width));
        var (means, units) = Standardize(rows, width);
        bool[] clicked = Array.ConvertAll(of, at => shown[at].IsClicked);
        double[] looks = Array.ConvertAll(of, at => curve.At(shown[at].Rank));
        float[] weights = [.. clicked.Zip(looks, (click, look) => click ? (float)Math.Min(MaxWeight, 1 / look) : 1)];
        var linear = LogisticRegression.Fit(rows, clicked, weights, L2, seed);
        float[] learned = [.. linear.Weights];
        var scores = new float[of.Length];
        for (int k = 0; k < of.Length; k++) scores[k] = Score(rows.AsSpan(k * width, width), learned, linear.Bias);
        return new ClickModel(curve, features, learned, means, units, linear.Bias, IsotonicRegression.Of(scores, clicked, looks));
    }

    /// <summary>Chance of a click on an entry of a user who was not learned from.</summary>
    public double ChanceOf(ShownItems shown, int at)
    {
        var row = new float[_features.Width];
        _features.Fill(at, learned: false, row);
        for (int f = 0; f < row.Length; f++) row[f] = (row[f] - _means[f]) * _units[f];
        return Math.Clamp(Curve.At(shown[at].Rank) * _chances.At(Score(row, _weights, _bias)), 1e-9, 1 - 1e-9);
    }

    private static float Score(ReadOnlySpan<float> row, float[] weights, float bias)
    {
        double sum = bias;
        for (int f = 0; f < row.Length; f++) sum += (double)weights[f] * row[f];
        return (float)sum;
    }

    /// <returns>Mean of each feature and one over its standard deviation, 0 where it has one value.</returns>
    private static (float[] Means, float[] Units) Standardize(float[] rows, int width)
    {
        var (means, units) = (new float[width], new float[width]);
        int count = rows.Length / width;
        for (int f = 0; f < width; f++)
        {
            double sum = 0, squares = 0;
            for (int k = 0; k < count; k++) sum += rows[k * width + f];
            double mean = sum / count;
            for (int k = 0; k < count; k++) squares += (rows[k * width + f] - mean) * (rows[k * width + f] - mean);
            double deviation = Math.Sqrt(squares / count);
            (means[f], units[f]) = ((float)mean, deviation > 1e-6 ? (float)(1 / deviation) : 0);
            for (int k = 0; k < count; k++) rows[k * width + f] = (rows[k * width + f] - means[f]) * units[f];
        }
        return (means, units);
    }
}
