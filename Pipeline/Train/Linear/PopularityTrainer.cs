using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Everybody gets what many have, of their segment where one is named: the baseline that a personal model must beat.</summary>
internal sealed class PopularityTrainer(PopularityOptions options) : ITrainer
{
    public const string Name = "popularity";

    private const double SecondsPerDay = 86_400;

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var rows = interactions.ByUser;
        var seen = options.HalfLifeDays > 0 ? interactions.LastSeen : null;
        if (options.HalfLifeDays > 0 && seen is null)
            context.Progress.Note("popularity: HalfLifeDays is set but the log has no times; counted without decay");
        uint newest = seen is { Length: > 0 } ? seen.Max() : 0;
        var sums = new double[interactions.Items];
        Count(0, rows.Count, sums);
        var segments = options.Segment.Length == 0 ? null : UserSegments.Of(interactions, options.Segment);
        if (options.Segment.Length > 0 && segments is null)
        {
            context.Progress.Note(
                $"popularity: Segment is '{options.Segment}', of which nothing is known of any user; expected a column of Ingest:Users; "
                + "counted for the whole shop");
        }
        return new PopularityModel(Scaled(sums), segments is null ? null : new SegmentScores(segments, BySegment(segments)));

        float[][] BySegment(UserSegments of)
        {
            double total = sums.Sum();
            var users = Enumerable.Range(0, interactions.Users).ToLookup(u => of.OfUser[u]);
            return [.. Enumerable.Range(0, of.Names.Count).Select(segment =>
            {
                context.Cancellation.ThrowIfCancellationRequested();
                var counts = new double[interactions.Items];
                foreach (int user in users[segment]) Count(rows.Pointers[user], rows.Pointers[user + 1], counts);
                double scale = counts.Sum() + options.SegmentPrior;
                for (int item = 0; item < counts.Length; item++)
                    counts[item] = scale > 0 && total > 0 ? (counts[item] + options.SegmentPrior * sums[item] / total) / scale : 0;
                return Scaled(counts);
            })];
        }

        void Count(int from, int to, double[] into)
        {
            for (int k = from; k < to; k++)
            {
                double age = seen is null ? 0 : (newest - seen[k]) / SecondsPerDay;
                into[rows.Indices[k]] +=
                    (options.Weighted ?? interactions.IsWeighted ? rows.Values[k] : 1) * (seen is null ? 1 : Math.Pow(0.5, age / options.HalfLifeDays));
            }
        }
    }

    private static float[] Scaled(double[] sums)
    {
        double most = sums.Max();
        return Array.ConvertAll(sums, s => most > 0 ? (float)(s / most) : 0);
    }
}
