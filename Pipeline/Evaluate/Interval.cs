namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>A value with its 95% interval; all NaN where there was nothing to measure.</summary>
internal readonly record struct Interval(double Value, double Low, double High);
