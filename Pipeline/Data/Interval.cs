namespace Recsys.Batch.Pipeline.Data;

/// <summary>A value with its 95% interval; all NaN where there was nothing to measure.</summary>
internal readonly record struct Interval(double Value, double Low, double High)
{
    public double Width => High - Low;

    public bool Holds(double value) => value >= Low && value <= High;
}
