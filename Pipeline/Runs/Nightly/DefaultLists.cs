using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// What users without history get: the available items of the most customers, of all and of each segment of the user table, diversified as every list is. A
/// segment's customers are counted beside <see cref="OfAll"/> made-up ones who buy as all do, so that a segment of three has no list of three people's whims.
/// </summary>
/// <param name="Lists">One list a segment; its user is the segment's position and stands for nobody.</param>
/// <param name="Segments">Names, <see cref="All"/> first, the others in ordinal order.</param>
internal sealed record DefaultLists(RecommendationBlock Lists, IReadOnlyList<string> Segments)
{
    /// <summary>The segment of everybody.</summary>
    public const string All = "all";

    public const string File = "defaults.bin";

    /// <summary>Names of the segments; there only where a user table is configured.</summary>
    public const string SegmentsFile = "segments.json";

    /// <summary>Segments with a list of their own, those of the most users.</summary>
    public const int MaxSegments = 1_000;

    private const double OfAll = 20;

    /// <param name="segments">A segment a user, null where a user has none; null where no user table is configured.</param>
    public static DefaultLists Of(InteractionMatrix interactions, bool[] available, DiversifyStage diversify, int depth, string?[]? segments)
    {
        string[] names = [All, .. Largest(segments)];
        var overall = new double[interactions.Items];
        var own = new Dictionary<string, double[]>(StringComparer.Ordinal);
        foreach (string name in names[1..]) own[name] = new double[interactions.Items];
        for (int user = 0; user < interactions.Users; user++)
        {
            var of = segments?[user] is { } segment ? own.GetValueOrDefault(segment) : null;
            for (int k = interactions.ByUser.Pointers[user]; k < interactions.ByUser.Pointers[user + 1]; k++)
            {
                // A pair counts as one customer at most: whatever is sold by the millilitre would own the list else.
                double weight = interactions.IsWeighted ? Math.Min(1, interactions.ByUser.Values[k]) : 1;
                overall[interactions.ByUser.Indices[k]] += weight;
                if (of is not null) of[interactions.ByUser.Indices[k]] += weight;
            }
        }
        double most = Math.Max(1, overall.DefaultIfEmpty().Max());
        foreach (var counts in own.Values)
            for (int item = 0; item < counts.Length; item++) counts[item] += OfAll * overall[item] / most;
        var candidates = new CandidateBlock([.. Enumerable.Range(0, names.Length)], Math.Max(1, depth));
        for (int s = 0; s < names.Length; s++) Fill(candidates, s, s == 0 ? overall : own[names[s]], available, depth);
        return new DefaultLists(diversify.Run(candidates), names);
    }

    /// <param name="output">Gives the path of a new file.</param>
    /// <param name="named">Whether a user table is configured.</param>
    public void Save(Func<string, string> output, bool named)
    {
        ListBlocks.Write(output(File), Lists);
        if (named) AtomicFile.WriteText(output(SegmentsFile), JsonSerializer.Serialize(Segments));
    }

    /// <param name="segments">Path of the segments' names; null where there are none.</param>
    public static DefaultLists Read(string lists, string? segments) => new(
        ListBlocks.Read(lists),
        segments is null ? [All]
        : JsonSerializer.Deserialize<string[]>(System.IO.File.ReadAllText(segments)) ?? throw new ArtifactException(segments, "it is empty; run again"));

    private static IEnumerable<string> Largest(string?[]? segments) => (segments ?? [])
        .Where(s => s is not null and not All)
        .CountBy(s => s!, StringComparer.Ordinal)
        .OrderByDescending(s => s.Value)
        .ThenBy(s => s.Key, StringComparer.Ordinal)
        .Take(MaxSegments)
        .Select(s => s.Key)
        .Order(StringComparer.Ordinal);

    private static void Fill(CandidateBlock candidates, int segment, double[] weights, bool[] available, int depth)
    {
        int[] best =
        [
            .. Enumerable.Range(0, weights.Length)
                .Where(i => available[i] && weights[i] > 0)
                .OrderByDescending(i => weights[i])
                .ThenBy(i => i)
                .Take(depth),
        ];
        candidates.Counts[segment] = best.Length;
        for (int k = 0; k < best.Length; k++)
        {
            int at = segment * candidates.Depth + k;
            candidates.Items[at] = best[k];
            candidates.Scores[at] = (float)weights[best[k]];
            candidates.Sources[at] = CandidateSource.Popular;
        }
    }
}
