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

    /// <summary>Items that rules may ask for beside the most popular ones.</summary>
    private const int AskedAtMost = 200;

    /// <summary>Names of the segments that get a list, <see cref="All"/> first.</summary>
    public static string[] Names(string?[]? segments) => [All, .. Largest(segments)];

    /// <param name="segments">A segment a user, null where a user has none; null where no user table is configured.</param>
    /// <param name="minCustomers">Customers, of all and of a segment, who must have an item to count there.</param>
    public static DefaultLists Of(
        InteractionMatrix interactions, bool[] available, DiversifyStage diversify, int depth, string?[]? segments, int minCustomers = 1,
        SegmentRules? rules = null)
    {
        var heads = new int[minCustomers > 1 ? interactions.Items : 0];
        return Of(Customers, (interactions.Users, interactions.Items), available, diversify, depth, segments, rules);

        void Customers(IEnumerable<int> users, double[] counts)
        {
            heads.AsSpan().Clear();
            foreach (int user in users)
            {
                Count(interactions, user, counts);
                // A customer of long ago weighs less and is one all the same.
                if (minCustomers > 1)
                    foreach (int item in interactions.ByUser.RowIndices(user)) heads[item]++;
            }
            for (int item = 0; item < heads.Length; item++)
                if (heads[item] < minCustomers) counts[item] = 0;
        }
    }

    /// <param name="count">Adds the customers of each item among some users to zeros, however they are counted.</param>
    public static DefaultLists Of(
        Action<IEnumerable<int>, double[]> count, (int Users, int Items) size, bool[] available, DiversifyStage diversify, int depth, string?[]? segments,
        SegmentRules? rules = null)
    {
        string[] names = Names(segments);
        var overall = new double[size.Items];
        count(Enumerable.Range(0, size.Users), overall);
        double most = Math.Max(1, overall.DefaultIfEmpty().Max());
        var candidates = new CandidateBlock([.. Enumerable.Range(0, names.Length)], Math.Max(1, depth + (rules is null ? 0 : AskedAtMost)));
        Fill(candidates, 0, overall, available, depth, rules);
        // One array, segment by segment: a thousand of them over a million items would be 8 GB.
        var own = names.Length > 1 ? new double[size.Items] : [];
        var customers = CustomersOf(segments, names);
        for (int s = 1; s < names.Length; s++)
        {
            own.AsSpan().Clear();
            count(customers[s], own);
            for (int item = 0; item < own.Length; item++) own[item] += OfAll * overall[item] / most;
            Fill(candidates, s, own, available, depth, rules);
        }
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

    /// <summary>Users of each segment that has a list, ascending.</summary>
    private static List<int>[] CustomersOf(string?[]? segments, string[] names)
    {
        var positions = names.Index().Skip(1).ToDictionary(n => n.Item, n => n.Index, StringComparer.Ordinal);
        List<int>[] customers = [.. names.Select(_ => new List<int>())];
        for (int user = 0; user < (segments?.Length ?? 0); user++)
            if (segments![user] is { } segment && positions.TryGetValue(segment, out int s)) customers[s].Add(user);
        return customers;
    }

    private static void Count(InteractionMatrix interactions, int user, double[] weights)
    {
        for (int k = interactions.ByUser.Pointers[user]; k < interactions.ByUser.Pointers[user + 1]; k++)
        {
            // A pair counts as one customer at most: whatever is sold by the millilitre would own the list else.
            weights[interactions.ByUser.Indices[k]] += interactions.IsWeighted ? Math.Min(1, interactions.ByUser.Values[k]) : 1;
        }
    }

    private static void Fill(CandidateBlock candidates, int segment, double[] weights, bool[] available, int depth, SegmentRules? rules)
    {
        var ruledOut = rules?.RuledOut(segment);
        // The worst first, so that a better one takes its place; of equals that is the later item.
        var best = new PriorityQueue<int, (double Weight, int Item)>(
            Comparer<(double Weight, int Item)>.Create((a, b) => a.Weight == b.Weight ? b.Item.CompareTo(a.Item) : a.Weight.CompareTo(b.Weight)));
        for (int i = 0; i < weights.Length; i++)
        {
            if (!available[i] || !(weights[i] > 0) || ruledOut?.Contains(i) == true) continue;
            if (best.Count < depth) best.Enqueue(i, (weights[i], i));
            else best.EnqueueDequeue(i, (weights[i], i));
        }
        int count = best.Count;
        candidates.Counts[segment] = count;
        for (int k = best.Count - 1; k >= 0; k--)
        {
            int at = segment * candidates.Depth + k;
            candidates.Items[at] = best.Dequeue();
            candidates.Scores[at] = (float)weights[candidates.Items[at]];
            candidates.Sources[at] = CandidateSource.Popular;
        }
        if (rules is null) return;
        var known = candidates.ItemsOf(segment).ToArray().ToHashSet();
        foreach (int item in rules.Asked(segment, weights, available).Where(known.Add).Take(AskedAtMost).OrderByDescending(i => weights[i]).ThenBy(i => i))
        {
            int at = segment * candidates.Depth + count++;
            candidates.Items[at] = item;
            candidates.Scores[at] = (float)weights[item];
            candidates.Sources[at] = CandidateSource.Popular;
        }
        candidates.Counts[segment] = count;
    }
}
