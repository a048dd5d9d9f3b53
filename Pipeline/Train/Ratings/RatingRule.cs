using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>
/// What places a row among the other side's: ratings are fitted less their mean and by their deviation, so that options mean the same on any scale.
/// </summary>
/// <param name="Mean">mu, of all ratings.</param>
/// <param name="Deviation">sigma, their standard deviation; 1 where all are the same.</param>
internal sealed record RatingRule(AlsRatingsOptions Options, double Mean, double Deviation)
{
    public static RatingRule Of(SparseRows ratings, AlsRatingsOptions options)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (float rating in ratings.Values.AsSpan(0, ratings.Count)) sum += rating;
        double mean = sum / ratings.Count;
        foreach (float rating in ratings.Values.AsSpan(0, ratings.Count)) squares += (rating - mean) * (rating - mean);
        return new RatingRule(options, mean, squares > 0 ? Math.Sqrt(squares / ratings.Count) : 1);
    }
}
