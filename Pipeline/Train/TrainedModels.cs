using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Models in artifacts: the algorithm's name, then the model's own sections, all under one prefix.</summary>
internal static class TrainedModels
{
    public static void Save(ITrainedModel model, ArtifactWriter to, string name = "model")
    {
        to.WriteJson(name + ".algorithm", model.Algorithm);
        model.Save(to, name);
    }

    /// <exception cref="RunFailedException">The artifact holds a model of an algorithm that this build does not know.</exception>
    public static ITrainedModel Load(ArtifactReader from, string name = "model")
    {
        string algorithm = from.ReadJson<string>(name + ".algorithm");
        var load = TrainerCatalog.Loader(algorithm)
            ?? throw new RunFailedException(
                $"the artifact holds a model of algorithm '{algorithm}'; this build knows {string.Join(", ", TrainerCatalog.Names)}: train again");
        return load(from, name);
    }
}
