using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Sequence;

/// <summary>
/// What follows what: <c>P_ij = d_i^-p d_j^-c sum_u |u|^-b (F^(gap-1) where j came after i, B F^(gap-1) where it came before)</c>, gap in positions of the
/// user's history by time. Scores are x P with recent history items weighing most. Needs a log with times.
/// </summary>
internal sealed class SequenceOptions : ITrainerOptions
{
    /// <summary>F: factor of each further position between two items, above 0, at most 1.</summary>
    public double GapDecay { get; set; } = 0.8;

    /// <summary>B: weight of going back in time beside 1 of going forward, 0 to 1.</summary>
    public double BackwardWeight { get; set; } = 0.35;

    /// <summary>Largest distance of two items in positions, 1 to 10,000.</summary>
    public int MaxGap { get; set; } = 50;

    /// <summary>b: how much a user with a long history counts less, 0 to 2.</summary>
    public double UserExponent { get; set; } = 0.5;

    /// <summary>p: how much a popular item of the history counts less, 0 to 2.</summary>
    public double HistoryExponent { get; set; } = 0.5;

    /// <summary>c: how much a popular item is scored lower, 0 to 2.</summary>
    public double ItemExponent { get; set; } = 0.2;

    /// <summary>Edges an item keeps, the strongest, 0 up; 0 keeps all.</summary>
    public int Neighbors { get; set; }

    /// <summary>Weight of a history item for each later visit of its user, above 0, at most 1.</summary>
    public double HistoryDecay { get; set; } = 0.8;

    TrainerDefinition ITrainerOptions.Definition => new(SequenceTrainer.Name, () => new SequenceTrainer(this), ItemGraphModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(GapDecay)] = TuneRange.Between(0.4, 1),
            [nameof(BackwardWeight)] = TuneRange.Between(0, 1),
            [nameof(HistoryExponent)] = TuneRange.Between(0, 1),
            [nameof(ItemExponent)] = TuneRange.Between(0, 0.6),
            [nameof(HistoryDecay)] = TuneRange.Between(0.4, 1),
        },
        Race = new RaceEntry(size => size.HasTimes ? 5e-8 * size.SquaredPairs : double.PositiveInfinity)
        {
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(GapDecay)] = ["0.5", "0.8", "0.95"],
                [nameof(BackwardWeight)] = ["0", "0.35", "1"],
                [nameof(ItemExponent)] = ["0", "0.2", "0.4"],
                [nameof(HistoryExponent)] = ["0.25", "0.5", "0.75"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .Require(GapDecay is > 0 and <= 1, GapDecay, "a number above 0, at most 1")
        .InRange(BackwardWeight, 0, 1)
        .InRange(MaxGap, 1, 10_000)
        .InRange(UserExponent, 0, 2)
        .InRange(HistoryExponent, 0, 2)
        .InRange(ItemExponent, 0, 2)
        .InRange(Neighbors, 0, int.MaxValue)
        .Require(HistoryDecay is > 0 and <= 1, HistoryDecay, "a number above 0, at most 1");
}
