using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Section <c>Train:Ease</c>: a linear model of items on items, solved in closed form (Steck 2019).</summary>
public sealed class EaseOptions : ITrainerOptions
{
    /// <summary>lambda, above 0: added to the diagonal of X^T X. 10 to 1,000 is usual; the larger, the more popular items count.</summary>
    public double Regularization { get; set; } = 200;

    /// <summary>
    /// Largest catalog that is accepted, 1 to 200,000 items: time grows with its cube, memory with its square (4 bytes x items^2: 41,000 items take 6.3 GiB).
    /// </summary>
    public int MaxItems { get; set; } = 50_000;

    /// <summary>Whether pairs count their values; false: 1 a pair, as published; empty: where the configuration states weights of events.</summary>
    public bool? Weighted { get; set; }

    /// <summary>
    /// Weight of a history item for each later visit of its user, above 0, at most 1; 1 weighs all alike. Counts where histories are scored, not in training.
    /// </summary>
    public double HistoryDecay { get; set; } = 1;

    TrainerDefinition ITrainerOptions.Definition => new(EaseTrainer.Name, () => new EaseTrainer(this), EaseModel.Load)
    {
        SearchSpace = new Dictionary<string, TuneRange>(StringComparer.Ordinal)
        {
            [nameof(Regularization)] = TuneRange.Ratio(10, 3000),
        },
        // 2/3 n^3 of the inverse and a row of a dense matrix for each history item that is scored.
        // The whole log has more items than what lies before a window.
        Race = new RaceEntry(size => size.Items > 0.9 * MaxItems ? double.PositiveInfinity
            : 1e-11 * Math.Pow(size.Items, 3) + 1e-9 * size.SquaredPairs + 2e-10 * size.Pairs * size.Items)
        {
            Steps = new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                [nameof(Regularization)] = ["10", "20", "50", "100", "200", "500", "1000", "2000", "5000"],
            },
        },
    };

    public void Validate(OptionsCheck check) => check
        .Require(Regularization > 0 && double.IsFinite(Regularization), Regularization, "a number above 0")
        .InRange(MaxItems, 1, 200_000)
        .Require(HistoryDecay is > 0 and <= 1, HistoryDecay, "a number above 0, at most 1");
}
