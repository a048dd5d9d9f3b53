using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Disliked;

/// <summary>Trains an algorithm, whose scores then speak against what resembles disliked items (<see cref="DislikedOptions"/>).</summary>
internal sealed class DislikedTrainer(ITrainer algorithm, DislikedOptions options) : ITrainer
{
    public const string Name = "disliked";

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context) => Train(interactions, null, context);

    public ITrainedModel Train(InteractionMatrix interactions, ItemContent? content, StageContext context)
    {
        var model = algorithm.Train(interactions, content, context);
        return options.IsOn ? new DislikedModel(model, (float)options.Weight) : model;
    }
}
