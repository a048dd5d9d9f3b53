using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Trend;

/// <summary>
/// Section <c>Train:Trend</c>: scores of the serving model times <c>((r + 0.1) / (n + 1))^g</c>, where n counts an item's pairs and r counts the same with
/// each halved for every half-life between its last event and the log's. So what sells now stands above what sold once, for every model alike.
/// </summary>
internal sealed class TrendOptions : IStageOptions
{
    /// <summary>Days after which a pair counts half, 0 to 36,500; 0 leaves the trend out. Needs times in the log.</summary>
    public double HalfLifeDays { get; set; }

    /// <summary>g: how much the trend counts, 0 (not at all) to 4.</summary>
    public double Exponent { get; set; } = 0.5;

    internal bool IsOn => HalfLifeDays > 0 && Exponent > 0;

    public void Validate(OptionsCheck check) => check.InRange(HalfLifeDays, 0, 36_500).InRange(Exponent, 0, 4);
}
