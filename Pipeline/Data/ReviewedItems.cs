namespace Recsys.Batch.Pipeline.Data;

/// <summary>What reviews said of items up to a moment, by item index; of a younger item nobody had said anything.</summary>
/// <param name="Sentiments">0 to 1, drawn towards the mean of all; NaN where no review says anything good or bad.</param>
/// <param name="Ratings">On the shop's scale, drawn towards the mean of all; NaN where no review has a rating.</param>
/// <param name="Counts">Reviews that counted by then.</param>
internal sealed record ReviewedItems(float[] Sentiments, float[] Ratings, int[] Counts)
{
    public float Sentiment(int item) => item < Sentiments.Length ? Sentiments[item] : float.NaN;

    public float Rating(int item) => item < Ratings.Length ? Ratings[item] : float.NaN;

    public int Count(int item) => item < Counts.Length ? Counts[item] : 0;
}

/// <summary>
/// What reviews said up to each of some moments. A moment is the second of the newest event of a history, so that what is made for the days behind it knows
/// nothing that was written in them.
/// </summary>
internal sealed class ReviewedMoments(IReadOnlyDictionary<uint, ReviewedItems> moments)
{
    private const string Section = "moments";

    /// <summary>The moment of a history: its newest event; null in a log without time.</summary>
    public static uint? Of(InteractionMatrix history) => history.LastSeen is { Length: > 0 } seen ? seen.Max() : null;

    /// <summary>Up to the moment of <paramref name="history"/>; null where no review is known to be older than any.</summary>
    /// <exception cref="InvalidOperationException">That moment was not asked for when they were made.</exception>
    public ReviewedItems? At(InteractionMatrix history)
    {
        if (moments.Count == 0 || Of(history) is not { } moment) return null;
        return moments.TryGetValue(moment, out var found) ? found : throw new InvalidOperationException(
            $"reviews were not read up to second {moment}, the newest of the history at hand, but up to {string.Join(", ", moments.Keys)}");
    }

    public void Write(string path)
    {
        using var writer = new ArtifactWriter(path);
        uint[] seconds = [.. moments.Keys.Order()];
        writer.Write(Section, seconds);
        for (int at = 0; at < seconds.Length; at++)
        {
            var (sentiments, ratings, counts) = moments[seconds[at]];
            writer.Write($"{Section}.{at}.sentiments", sentiments).Write($"{Section}.{at}.ratings", ratings).Write($"{Section}.{at}.counts", counts);
        }
        writer.Complete();
    }

    public static ReviewedMoments Read(string path)
    {
        var reader = new ArtifactReader(path);
        return new ReviewedMoments(reader.Read<uint>(Section).Index().ToDictionary(
            m => m.Item,
            m => new ReviewedItems(
                reader.Read<float>($"{Section}.{m.Index}.sentiments"), reader.Read<float>($"{Section}.{m.Index}.ratings"),
                reader.Read<int>($"{Section}.{m.Index}.counts"))));
    }
}
