using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Trend;

/// <summary>Trains an algorithm and multiplies its scores by the items' trend (<see cref="TrendOptions"/>).</summary>
internal sealed class TrendTrainer(ITrainer algorithm, TrendOptions options) : ITrainer
{
    public const string Name = "trend";

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context) => Train(interactions, null, context);

    /// <summary>The algorithm's own model where the log has no moments.</summary>
    public ITrainedModel Train(InteractionMatrix interactions, ItemContent? content, StageContext context)
    {
        var model = algorithm.Train(interactions, content, context);
        if (!options.IsOn) return model;
        if (TrendFactors.Applies(interactions)) return new TrendModel(model, TrendFactors.Of(interactions, options.HalfLifeDays, options.Exponent));
        context.Progress.Note("Train:Trend:HalfLifeDays is set but the log has no times; expected a time column in ingest: the trend is left out");
        return model;
    }
}
