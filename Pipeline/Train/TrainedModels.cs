using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
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

/// <summary>Models in artifacts: the algorithm's name, then the model's own sections, all under one prefix.</summary>
public static class TrainedModels
{
    private static readonly SortedDictionary<string, Func<ArtifactReader, string, ITrainedModel>> s_loaders = new(StringComparer.Ordinal)
    {
        [AlsTrainer.Name] = AlsModel.Load,
        [EaseTrainer.Name] = EaseModel.Load,
        [EnsembleTrainer.Name] = EnsembleModel.Load,
        [GfCf.Name] = EnsembleModel.Load,
        [GraphFilterTrainer.Name] = ItemGraphModel.Load,
        [HybridTrainer.Name] = HybridModel.Load,
        [ImportedTrainer.Name] = (from, name) => AlsModel.Load(from, name, ImportedTrainer.Name),
        [ItemKnnTrainer.Name] = ItemKnnModel.Load,
        [LibMfAlgorithms.OneClass] = LibMfModel.Load,
        [LibMfAlgorithms.Square] = LibMfModel.Load,
        [PopularityTrainer.Name] = PopularityModel.Load,
        [SequenceTrainer.Name] = ItemGraphModel.Load,
        [SpectralTrainer.Name] = SpectralModel.Load,
        [TfIdfProfileTrainer.Name] = TfIdfProfileModel.Load,
    };

    public static void Save(ITrainedModel model, ArtifactWriter to, string name = "model")
    {
        to.WriteJson(name + ".algorithm", model.Algorithm);
        model.Save(to, name);
    }

    /// <exception cref="RunFailedException">The artifact holds a model of an algorithm that this build does not know.</exception>
    public static ITrainedModel Load(ArtifactReader from, string name = "model")
    {
        string algorithm = from.ReadJson<string>(name + ".algorithm");
        return s_loaders.TryGetValue(algorithm, out var load)
            ? load(from, name)
            : throw new RunFailedException($"the artifact holds a model of algorithm '{algorithm}'; this build knows {string.Join(", ", s_loaders.Keys)}: train again");
    }
}
