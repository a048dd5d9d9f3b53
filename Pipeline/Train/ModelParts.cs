using Recsys.Batch.Pipeline.Train.Disliked;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>The models that a model is made of, for whoever wants each one's own opinion.</summary>
internal static class ModelParts
{
    /// <summary>Name and model, each name once; empty for a model that is not made of others.</summary>
    public static IReadOnlyList<(string Name, ITrainedModel Model)> Of(ITrainedModel model)
    {
        var parts = new List<(string Name, ITrainedModel Model)>();
        Add(model);
        return parts.Count > 1 ? parts : [];

        void Add(ITrainedModel part)
        {
            switch (part)
            {
                case TrendModel trend:
                    Add(trend.Model);
                    break;
                case DislikedModel disliked:
                    Add(disliked.Model);
                    break;
                case HybridModel hybrid:
                    Add(hybrid.Interactions);
                    parts.Add(("text", hybrid.Text));
                    break;
                case EnsembleModel ensemble:
                    foreach (var member in ensemble.Members) Add(member.Model);
                    break;
                default:
                    int before = parts.Count(p => p.Model.Algorithm == part.Algorithm);
                    parts.Add((before == 0 ? part.Algorithm : $"{part.Algorithm} {before + 1}", part));
                    break;
            }
        }
    }
}
