using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>Trains the members one after the other, measures the scale of each, and sums them with <see cref="EnsembleOptions"/>'s weights.</summary>
internal sealed class EnsembleTrainer(EnsembleOptions options, string algorithm = EnsembleTrainer.Name) : ITrainer
{
    public const string Name = "ensemble";

    public string Algorithm => algorithm;

    /// <exception cref="ConfigurationException">The ensemble has no members.</exception>
    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        if (options.Members.Count == 0)
        {
            throw new ConfigurationException(
                $"Train:Ensemble:Members is empty; expected members with an Algorithm each, one of {string.Join(", ", TrainerCatalog.MemberNames)}");
        }
        var members = new List<EnsembleMember>();
        foreach (var (name, member) in options.Members.OrderBy(m => m.Key, StringComparer.Ordinal))
        {
            long start = context.Time.GetTimestamp();
            var model = TrainerCatalog.Create(member.Algorithm, member).Train(interactions, context);
            double scale = options.Normalize ? Scale(model, interactions, context) : 1;
            context.Progress.Metric($"train.{algorithm}.{name}.scale", scale);
            context.Progress.Metric($"train.{algorithm}.{name}.seconds", context.Time.GetElapsedTime(start).TotalSeconds);
            members.Add(new EnsembleMember(
                new MemberWeight(name, member.Weight, scale, member.LengthExponent, member.LengthReference, member.LengthCap), model));
        }
        return new EnsembleModel(algorithm, members);
    }

    private double Scale(ITrainedModel model, InteractionMatrix interactions, StageContext context)
    {
        double scale = MemberScale.Of(model, interactions, options.ScaleUsers, options.ScaleTop, context);
        if (scale > 0 && double.IsFinite(scale)) return scale;
        context.Progress.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"ensemble: the largest scores of {model.Algorithm} have the mean {scale}, which is not a scale; its scores are taken as they are"));
        return 1;
    }
}
