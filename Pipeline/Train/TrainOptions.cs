using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Disliked;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Section <c>Train</c>: which algorithm serves, and the options of each.</summary>
internal sealed class TrainOptions : AlgorithmOptions
{
    public TrainOptions() => Algorithm = AutoOptions.Name;

    /// <summary>Algorithms trained beside it on the hold-out, for comparison; any but <c>imported</c>.</summary>
    public IList<string> Baselines { get; set; } = [PopularityTrainer.Name, ItemKnnTrainer.Name];

    public GfCfOptions GfCf { get; set; } = new();

    public TfIdfProfileOptions TfIdfProfile { get; set; } = new();

    public EnsembleOptions Ensemble { get; set; } = new();

    public ImportedOptions Imported { get; set; } = new();

    public TextOptions Text { get; set; } = new();

    public TrendOptions Trend { get; set; } = new();

    public DislikedOptions Disliked { get; set; } = new();

    public AutoOptions Auto { get; set; } = new();

    /// <summary>Whether a race says what serves.</summary>
    internal bool IsAuto => Algorithm == AutoOptions.Name;

    /// <summary>Windows before the validation window that a race asks for.</summary>
    internal int EarlierWindows => IsAuto ? Auto.Cuts - 1 : 0;

    public override void Validate(OptionsCheck check)
    {
        check.Require(
            IsAuto || TrainerCatalog.Knows(Algorithm), Algorithm, TrainerCatalog.Expected(Algorithm, [AutoOptions.Name, .. TrainerCatalog.Names]));
        base.Validate(check);
        check.Nested(Text).Nested(Trend).Nested(Disliked).Nested(Auto);
        for (int i = 0; i < Baselines.Count; i++)
            check.Require(TrainerCatalog.Knows(Baselines[i]), Baselines[i], TrainerCatalog.Expected(Baselines[i], TrainerCatalog.Names), $"Baselines:{i}")
                .Require(
                    Baselines[i] != ImportedTrainer.Name, Baselines[i],
                    "an algorithm that is trained here: imported factors serve, or are measured by Train:Imported:HoldOut", $"Baselines:{i}");
    }
}
