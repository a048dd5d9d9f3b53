using System.Globalization;

namespace Recsys.Batch.Jobs.Console.Charts;

/// <summary>
/// A linear axis with round marks. Places are shares of the axis in percent: charts are drawn in percent of their box, so that they fit any width while their
/// texts keep the size of the page's.
/// </summary>
internal sealed class Axis
{
    private readonly double _low;
    private readonly double _high;

    /// <param name="marks">About so many marks.</param>
    /// <param name="pad">Free share of the range at both ends.</param>
    public Axis(IEnumerable<double> values, int marks = 3, double pad = 0.08, bool fromZero = false)
    {
        var known = values.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        double low = fromZero ? Math.Min(0, known.Min()) : known.Min();
        double high = known.Max();
        // A flat line still needs room around it.
        double range = high - low > Math.Abs(high) * 1e-6 ? high - low : Math.Max(Math.Abs(high) * 0.1, 1e-6);
        _low = fromZero ? low : low - range * pad;
        _high = low + (high > low ? high - low : range) + range * pad;
        double step = Step((_high - _low) / Math.Max(1, marks));
        Marks = [.. Enumerable.Range(0, 20)
            .Select(i => (Math.Ceiling(_low / step) + i) * step)
            .TakeWhile(m => m <= _high + step * 1e-9)
            .Select(m => Math.Round(m, 12))];
        Digits = Math.Clamp((int)Math.Ceiling(-Math.Log10(step) - 1e-9), 0, 8);
    }

    public IReadOnlyList<double> Marks { get; }

    /// <summary>Decimal places that tell two marks apart.</summary>
    public int Digits { get; }

    public string Text(double mark) => mark.ToString(Digits == 0 ? "N0" : "F" + Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    /// <summary>0 at the low end, 100 at the high one.</summary>
    public double Place(double value) => 100 * (value - _low) / (_high - _low);

    /// <summary>For a vertical axis of a picture: 0 at the top.</summary>
    public double Down(double value) => 100 - Place(value);

    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        double share = rough / power;
        return power * (share <= 1 ? 1 : share <= 2 ? 2 : share <= 5 ? 5 : 10);
    }
}
