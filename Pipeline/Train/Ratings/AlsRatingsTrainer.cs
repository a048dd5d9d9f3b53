using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>Fits ratings: alternates between users and items, each side solved exactly with the other fixed (<see cref="AlsRatingsOptions"/>).</summary>
internal sealed class AlsRatingsTrainer(AlsRatingsOptions options) : ITrainer
{
    public const string Name = "als-ratings";

    public string Algorithm => Name;

    /// <exception cref="RunFailedException">There are no ratings.</exception>
    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        if (interactions.Ratings is not { } rated)
        {
            throw new RunFailedException(
                $"{Name} fits ratings, and these interactions have none as values; expected a log with a rating column and Ingest:Ratings=Values, "
                + "or another Train:Algorithm");
        }
        var byUser = rated.Rows;
        var byItem = byUser.Transpose();
        var rule = RatingRule.Of(byUser, options);
        var users = new FactorMatrix(byUser.Rows, options.Rank + RatingColumns.Count);
        var items = Initial(byItem, rule, context.Seed);
        var (userBias, itemBias) = (RatingColumns.UserBias(users), RatingColumns.ItemBias(users));
        for (int iteration = 1; iteration <= options.Iterations; iteration++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            new RatingSystems(byUser, items, itemBias, rule).Solve(users, context);
            new RatingSystems(byItem, users, userBias, rule).Solve(items, context);
            context.Progress.Step(Name, iteration, options.Iterations, "iterations");
        }
        // As later users are folded in, so that one with an unchanged history keeps the factors of the night, to the bit.
        var model = new AlsRatingsModel(AlsRatingsModel.FoldIn(byUser, items, rule, context), items, rule, HistoryFingerprint.Of(byUser));
        if (!model.Factors.Users.IsFinite() || !items.IsFinite())
            throw new RunFailedException($"{Name} diverged: a factor is not finite; raise Train:AlsRatings:Regularization");
        return model;
    }

    /// <summary>Small random factors, and biases as if there were no users' own.</summary>
    private FactorMatrix Initial(SparseRows byItem, RatingRule rule, ulong seed)
    {
        var items = new FactorMatrix(byItem.Rows, options.Rank + RatingColumns.Count);
        var random = new SplitMix64(seed, "als-ratings items");
        double deviation = options.InitScale / Math.Sqrt(Math.Max(1, options.Rank));
        for (int item = 0; item < byItem.Rows; item++)
        {
            var row = items.Row(item);
            for (int k = 0; k < options.Rank; k++) row[k] = (float)(deviation * random.NextNormal());
            double sum = 0;
            foreach (float rating in byItem.RowValues(item)) sum += (rating - rule.Mean) / rule.Deviation;
            row[RatingColumns.UserBias(items)] = 1;
            row[RatingColumns.ItemBias(items)] = (float)(sum / (byItem.RowLength(item) + options.BiasRegularization));
        }
        return items;
    }
}
