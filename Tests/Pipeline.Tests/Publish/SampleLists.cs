using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>Lists made from a night's number: user u's item at rank r is u + r + night, so that each night's lists differ.</summary>
internal static class SampleLists
{
    public static IdMap Ids(string prefix, int count)
    {
        var ids = new IdMap(count);
        for (int i = 0; i < count; i++) ids.Add($"{prefix}{i:D5}");
        return ids;
    }

    public static VersionRecord Version(string name, string runId = "000001-x") =>
        new(
            name, runId, new DateTimeOffset(2011, 12, 10, 3, 0, 0, TimeSpan.Zero), VersionState.Staged, 0, 0, "options", "2010-12-01", "2011-12-09",
            new Dictionary<string, double> { ["ndcg@10"] = 0.25 }, "");

    public static RecommendationBlock Block(int firstUser, int users, int size, int night, int items) => new()
    {
        Users = [.. Enumerable.Range(firstUser, users)],
        Offsets = [.. Enumerable.Range(0, users + 1).Select(u => u * size)],
        Items = [.. Enumerable.Range(0, users * size).Select(i => (firstUser + i / size + i % size + night) % items)],
        Scores = [.. Enumerable.Range(0, users * size).Select(i => 1f / (1 + i % size))],
        Relevance = [.. Enumerable.Range(0, users * size).Select(i => 0.5f / (1 + i % size))],
        DiversityGain = [.. Enumerable.Range(0, users * size).Select(i => 0.5f / (1 + i % size))],
        Reasons = [.. Enumerable.Repeat(ReasonCode.BecauseYouBought, users * size)],
        ReasonItems = [.. Enumerable.Range(0, users * size).SelectMany(i => new[] { i % items, (i + 1) % items, -1 })],
        Sources = [.. Enumerable.Repeat(CandidateSource.Cf, users * size)],
        Propensity = [.. Enumerable.Repeat(1f, users * size)],
    };

    /// <summary>The same as a ranker leaves them: entries at rank 2 without features, those at rank 1 with one, all others with three.</summary>
    public static RecommendationBlock Ranked(RecommendationBlock block)
    {
        var features = ListFeatures.None(["score", "o'neil\"s <b>", "text"], block.Items.Length);
        for (int u = 0; u < block.Users.Length; u++)
        {
            for (int at = block.Offsets[u]; at < block.Offsets[u + 1]; at++)
            {
                int rank = at - block.Offsets[u] + 1;
                if (rank == 2) continue;
                for (int k = 0; k < (rank == 1 ? 1 : ListFeatures.Max); k++)
                    (features.Strongest[at * ListFeatures.Max + k], features.Shares[at * ListFeatures.Max + k]) = ((short)k, 1.25f / (k + 1));
                features.Others[at] = rank == 1 ? -0.00004f : -0.5f;
            }
        }
        block.Features = features;
        return block;
    }

    public static PublishInput Night(int night, int users = 50, int size = 5, int items = 100, int blockUsers = 16) => new(
        Version($"2011-12-09-{night:x8}"),
        Enumerable.Range(0, (users + blockUsers - 1) / blockUsers)
            .Select(b => Block(b * blockUsers, Math.Min(blockUsers, users - b * blockUsers), size, night, items)),
        users, Ids("user", users), Ids("item", items),
        [.. Enumerable.Range(0, size).Select(r => new SegmentEntry("all", r + 1, $"item{(r + night) % items:D5}", 1.0 / (r + 1)))],
        [.. Enumerable.Range(0, items).Select(i => new ItemTitle($"item{i:D5}", $"Title {i}", null, i % 2 == 0 ? 1.5 : null))]);
}
