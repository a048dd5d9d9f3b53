using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Scores by segment, and which user of the training was of which.</summary>
/// <param name="Scores">By segment and item, 1 for the segment's most popular.</param>
internal sealed record SegmentScores(UserSegments Segments, float[][] Scores)
{
    /// <summary>
    /// The segment of every user, -1 for none: by the column where the histories have it, else by the training's users, of whom those that came later are none.
    /// </summary>
    public int[] SegmentsIn(InteractionMatrix history)
    {
        if (history.UserAttributes?.Find(Segments.Column) is { } values) return UserSegments.Indices(Segments.Names, values);
        var known = new int[history.Users];
        Array.Fill(known, -1);
        Segments.OfUser.AsSpan(0, Math.Min(known.Length, Segments.OfUser.Length)).CopyTo(known);
        return known;
    }

    public void Save(ArtifactWriter to, string name)
    {
        to.WriteStrings(name + ".column", [Segments.Column]).WriteStrings(name + ".names", [.. Segments.Names]).Write(name + ".of_user", Segments.OfUser);
        to.Write(name + ".scores", Scores.SelectMany(s => s).ToArray());
    }

    /// <summary>Null where the model had none.</summary>
    public static SegmentScores? LoadIfAny(ArtifactReader from, string name)
    {
        if (!from.Has(name + ".scores")) return null;
        string[] names = [.. from.ReadStrings(name + ".names").OfType<string>()];
        float[] scores = from.Read<float>(name + ".scores");
        int items = scores.Length / names.Length;
        return new SegmentScores(
            new UserSegments(from.ReadStrings(name + ".column")[0]!, names, from.Read<int>(name + ".of_user")),
            [.. names.Select((_, segment) => scores[(segment * items)..((segment + 1) * items)])]);
    }
}

/// <summary>The scores of each user's segment.</summary>
/// <param name="segments">By user; -1 for none.</param>
/// <param name="everybody">For those without one.</param>
internal sealed class SegmentScorer(int[] segments, float[] everybody, float[][] scores) : IBlockScorer
{
    public int Users => segments.Length;

    public int Items => everybody.Length;

    public int PreferredPanel => 4096;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> into, int stride)
    {
        for (int u = 0; u < users.Length; u++)
            (segments[users[u]] is >= 0 and var segment ? scores[segment] : everybody).AsSpan(firstItem, itemCount).CopyTo(into[(u * stride)..]);
    }
}
