using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Lexical;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>The content baseline has nothing to set.</summary>
internal sealed class TfIdfProfileOptions : ITrainerOptions
{
    TrainerDefinition ITrainerOptions.Definition => new(TfIdfProfileTrainer.Name, () => new TfIdfProfileTrainer(), TfIdfProfileModel.Load);

    public void Validate(OptionsCheck check)
    {
    }
}

/// <summary>
/// The content baseline: an item is its TF-IDF vector of words, a user the mean of what they have (Lops, de Gemmis and Semeraro 2011). It learns nothing from
/// who has what.
/// </summary>
internal sealed class TfIdfProfileTrainer : ITrainer
{
    public const string Name = "tfidf-profile";

    public string Algorithm => Name;

    /// <exception cref="ConfigurationException">Always: without texts there is no profile.</exception>
    public ITrainedModel Train(InteractionMatrix interactions, StageContext context) => Train(interactions, null, context);

    /// <exception cref="ConfigurationException">No item has a text.</exception>
    public ITrainedModel Train(InteractionMatrix interactions, ItemContent? content, StageContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        if (content is null || content.Texts.All(string.IsNullOrEmpty))
        {
            throw new ConfigurationException(
                $"{Name} learns from the items' texts and there are none; expected a text column in ingest, or --items of eval, or another Train:Algorithm");
        }
        return new TfIdfProfileModel(TfIdf.Fit(content.Texts).Transform(content.Texts));
    }
}
