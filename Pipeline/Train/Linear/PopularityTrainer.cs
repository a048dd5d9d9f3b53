using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Everybody gets what many have: the baseline that a personal model must beat.</summary>
internal sealed class PopularityTrainer(PopularityOptions options) : ITrainer
{
    public const string Name = "popularity";

    private const double SecondsPerDay = 86_400;

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var sums = new double[interactions.Items];
        var rows = interactions.ByUser;
        var seen = options.HalfLifeDays > 0 ? interactions.LastSeen : null;
        if (options.HalfLifeDays > 0 && seen is null)
            context.Progress.Note("popularity: HalfLifeDays is set but the log has no times; counted without decay");
        uint newest = seen is { Length: > 0 } ? seen.Max() : 0;
        for (int k = 0; k < rows.Count; k++)
        {
            double age = seen is null ? 0 : (newest - seen[k]) / SecondsPerDay;
            sums[rows.Indices[k]] +=
                (options.Weighted ?? interactions.IsWeighted ? rows.Values[k] : 1) * (seen is null ? 1 : Math.Pow(0.5, age / options.HalfLifeDays));
        }
        double most = sums.Max();
        return new PopularityModel(Array.ConvertAll(sums, s => most > 0 ? (float)(s / most) : 0));
    }
}
