using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Imported;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Section <c>Train</c>: which algorithm serves, and the options of each.</summary>
public sealed class TrainOptions : IStageOptions
{
    /// <summary>One of <see cref="TrainerCatalog.Names"/>.</summary>
    public string Algorithm { get; set; } = AlsTrainer.Name;

    /// <summary>Algorithms trained beside it on the hold-out, for comparison.</summary>
    public IList<string> Baselines { get; set; } = [PopularityTrainer.Name, ItemKnnTrainer.Name];

    public AlsOptions Als { get; set; } = new();

    public EaseOptions Ease { get; set; } = new();

    public ItemKnnOptions ItemKnn { get; set; } = new();

    public PopularityOptions Popularity { get; set; } = new();

    public GraphFilterOptions GraphFilter { get; set; } = new();

    public SpectralOptions Spectral { get; set; } = new();

    public SequenceOptions Sequence { get; set; } = new();

    public GfCfOptions GfCf { get; set; } = new();

    public OneClassOptions MLNetOneClass { get; set; } = new();

    public SquareOptions MLNetSquare { get; set; } = new();

    public EnsembleOptions Ensemble { get; set; } = new();

    public TextOptions Text { get; set; } = new();

    public ImportedOptions Imported { get; set; } = new();

    public void Validate(OptionsCheck check)
    {
        check.Require(TrainerCatalog.Knows(Algorithm), Algorithm, TrainerCatalog.Expected(Algorithm, TrainerCatalog.Names))
            .Nested(Als)
            .Nested(Ease)
            .Nested(ItemKnn)
            .Nested(Popularity)
            .Nested(GraphFilter)
            .Nested(Spectral)
            .Nested(Sequence)
            .Nested(GfCf)
            .Nested(MLNetOneClass)
            .Nested(MLNetSquare)
            .Nested(Ensemble)
            .Nested(Text);
        if (Algorithm == ImportedTrainer.Name) check.Nested(Imported);
        for (int i = 0; i < Baselines.Count; i++)
            check.Require(TrainerCatalog.Knows(Baselines[i]), Baselines[i], TrainerCatalog.Expected(Baselines[i], TrainerCatalog.Names), $"Baselines:{i}")
                .Require(Baselines[i] != ImportedTrainer.Name, Baselines[i], "an algorithm that is trained here: imported factors serve, or are measured by Train:Imported:HoldOut", $"Baselines:{i}");
    }
}
