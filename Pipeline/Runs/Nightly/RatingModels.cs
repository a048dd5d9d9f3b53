using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Ratings;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What of a night's models expects ratings, alone or as a part of what serves, and biases alone beside it.</summary>
internal static class RatingModels
{
    /// <summary>The model of biases alone: some users rate high, some items are rated high, and nothing else.</summary>
    public const string Biases = "biases";

    /// <param name="history">What the models were trained on.</param>
    /// <returns>Empty where no model expects ratings.</returns>
    public static IReadOnlyList<(string Name, IPairScorer Scorer)> Of(IEnumerable<ITrainedModel> models, InteractionMatrix history, StageContext context)
    {
        var found = models.SelectMany(m => ModelParts.Of(m) is { Count: > 0 } parts ? parts : [(m.Algorithm, m)])
            .Where(m => m.Model is IRatingModel)
            .DistinctBy(m => m.Name, StringComparer.Ordinal)
            .ToList();
        if (found.Count == 0 || history.Ratings is null) return [];
        var quiet = context with { Progress = NoProgress.Instance };
        found.Add((Biases, new AlsRatingsTrainer(new AlsRatingsOptions { Rank = 0 }).Train(history, quiet)));
        return [.. found.Select(m => (m.Name, (IPairScorer)m.Model.ScorerFor(history, quiet)))];
    }
}
