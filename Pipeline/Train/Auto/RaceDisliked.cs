using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Disliked;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>How much disliked items speak against others.</summary>
internal sealed record DislikedChoice(double Weight, float[] Ndcg)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $", {Weight} against what was sent back, badly rated or hidden");
}

/// <summary>Tries what users do not want as a negative signal (<see cref="DislikedOptions"/>) beside what was found: it must be surely ahead.</summary>
/// <param name="options">The configuration: a weight that it states is tried too.</param>
/// <param name="tried">Told of the best.</param>
internal sealed class RaceDisliked(
    DislikedOptions options, RaceFolds folds, IRaceMeasure measure, StageContext context, Action<string, string, Interval> tried)
{
    private static readonly double[] s_weights = [0.1, 0.25, 0.5, 1];

    /// <param name="model">The model as it would serve, but for its trend; made only where something is disliked.</param>
    public DislikedChoice? Run(RaceSum sum, Func<ITrainedModel> model)
    {
        if (DislikedModel.Unwanted(folds.Newest) is null) return null;
        var serving = model();
        DislikedChoice? best = null;
        foreach (double weight in options.IsOn ? s_weights.Append(options.Weight).Distinct() : s_weights)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            var scorer = folds.Scorer(folds.Make([serving], (models, _) => new DislikedModel(models[0], (float)weight)), context);
            var choice = new DislikedChoice(weight, measure.Ndcg([scorer], [new ScoreMix(1) { Overall = sum.Trend.Factors }])[0]);
            if (best is null || measure.Mean(choice.Ndcg).Value > measure.Mean(best.Ndcg).Value) best = choice;
        }
        tried("disliked", sum + best!.ToString(), measure.Mean(best.Ndcg));
        // The best of four or five is one standard error ahead by chance.
        return AutoRace.GainsMoreThan(2, measure, best.Ndcg, sum.Ndcg) ? best : null;
    }
}
