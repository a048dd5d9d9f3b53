using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>
/// A linear filter on the item graph, normalized on both sides: <c>S_ij = d_i^-p (sum_u A_ui A_uj d_u^-b)^w d_j^-c</c>, where A is users x items, d_u and d_i
/// are the numbers of pairs of a user and an item. Scores are x S for a history x. With p = c = 1/2, b = 1, w = 1 it is the linear part of GF-CF (Shen et al.
/// 2021); with p = 0 and b = 1 it walks three steps at random as RP3beta does (Paudel et al. 2017), whose alpha is w and whose beta is c.
/// </summary>
internal sealed class GraphFilterOptions : ITrainerOptions
{
    /// <summary>p: how much a popular item of the history counts less, 0 to 2.</summary>
    public double HistoryExponent { get; set; } = 0.5;

    /// <summary>b: how much a user with many pairs counts less as a witness of two items' likeness, 0 to 2.</summary>
    public double UserExponent { get; set; } = 0.75;

    /// <summary>c: how much a popular item is scored lower, 0 to 2.</summary>
    public double ItemExponent { get; set; } = 0.25;

    /// <summary>w: above 1 strong edges count more than their strength, below 1 less; above 0, at most 4.</summary>
    public double Power { get; set; } = 1;

    /// <summary>Edges an item keeps, the strongest, 0 up; 0 keeps all. Bounds the memory of large catalogs: 8 bytes an edge.</summary>
    public int Neighbors { get; set; }

    /// <summary>
    /// Whether an interaction's value counts (in A and in x) or each pair counts 1; empty: values where the configuration states weights of events.
    /// </summary>
    public bool? UseWeights { get; set; }

    /// <summary>Weight of a history item for each later visit of its user, above 0, at most 1; 1 weighs all alike. Needs a log with times.</summary>
    public double HistoryDecay { get; set; } = 1;

    TrainerDefinition ITrainerOptions.Definition => new(GraphFilterTrainer.Name, () => new GraphFilterTrainer(this), ItemGraphModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(HistoryExponent)] = TuneRange.Between(0, 1),
            [nameof(UserExponent)] = TuneRange.Between(0.25, 1.25),
            [nameof(ItemExponent)] = TuneRange.Between(0, 0.6),
            [nameof(Power)] = TuneRange.Between(0.6, 1.4),
        },
        Race = new RaceEntry(size => 5e-8 * size.SquaredPairs)
        {
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(ItemExponent)] = ["0", "0.1", "0.25", "0.4", "0.5"],
                [nameof(HistoryExponent)] = ["0", "0.25", "0.5", "0.75"],
                [nameof(UserExponent)] = ["0.25", "0.5", "0.75", "1"],
                [nameof(Power)] = ["0.6", "0.8", "1", "1.25"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .InRange(HistoryExponent, 0, 2)
        .InRange(UserExponent, 0, 2)
        .InRange(ItemExponent, 0, 2)
        .Require(Power is > 0 and <= 4, Power, "a number above 0, at most 4")
        .InRange(Neighbors, 0, int.MaxValue)
        .Require(HistoryDecay is > 0 and <= 1, HistoryDecay, "a number above 0, at most 1");
}
