using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Host;

/// <summary>Lists made by hand: every user of a version has the same items, those of the version alone, so that a mixture would show.</summary>
internal static class SeededLists
{
    /// <summary>Users that a shop should not have, and has.</summary>
    public static readonly string[] HostileUsers =
    [
        "plain", "a/b", "a%2Fb", "a?b#c", "\"><script>alert(1)</script>", "'; DROP TABLE versions; --", "snow ☃ 雪",
        "..", new string('x', 1000), "line\nbreak",
        "back\\slash",
    ];

    /// <summary>Stages a version of <paramref name="size"/> items a user and makes it current.</summary>
    /// <param name="features">Names of a ranker's features that carried each entry but that of rank 2; null: none ranked them.</param>
    public static void Publish(
        IOutputStore store, string version, DateTimeOffset created, IReadOnlyList<string> users, int size = 3, string runId = "000001-x",
        string dataTo = "2026-02-28", IReadOnlyList<string>? features = null)
    {
        var record = new VersionRecord(
            version, runId, created, VersionState.Staged, 0, 0, "options", "2026-02-01", dataTo,
            new Dictionary<string, double> { ["ndcg@10"] = 0.25, ["nothing"] = double.NaN }, "");
        var (userIds, itemIds) = (Ids(users), Ids([.. Enumerable.Range(0, size).Select(i => $"{version}-{i}")]));
        int rows = users.Count * size;
        using (var tables = store.Stage(record))
        {
            // The tables take users in the order of their ids' bytes.
            tables.Append(Block(users.Count, size, rows, features), userIds, itemIds);
            tables.Append([.. Enumerable.Range(0, size).Select(r => new SegmentEntry("all", r + 1, $"{version}-{size - 1 - r}", 1.0 / (r + 1)))]);
            tables.Append(
                (IReadOnlyList<NeighborEntry>)[
                    new NeighborEntry($"{version}-0", 1, $"{version}-1", 0.5f, "cf"), new NeighborEntry($"{version}-0", 1, $"{version}-2", 0.25f, "text")]);
            tables.Append(
                PlaceTables.CartComplements,
                PlaceColumns.Of(
                    PlaceTables.CartComplements, [$"{version}-0", 1, $"{version}-1", 0.5, 12, 3.5, 1e-9],
                    [$"{version}-0", 2, $"{version}-2", 0.25, 6, 2.5, 0.001],
                    [$"{version}-1", 1, $"{version}-2", 0.5, 12, 3.5, 1e-9]),
                3);
            tables.Append(
                PlaceTables.CategoryLists,
                PlaceColumns.Of(
                    PlaceTables.CategoryLists, ["toys/<b>", "new", 1, $"{version}-1", 3.0], ["toys/<b>", "popular", 1, $"{version}-0", 9.0],
                    ["toys/<b>", "popular", 2, $"{version}-1", 8.0]),
                3);
            tables.Complete(record with { Rows = rows, Users = users.Count });
        }
        store.SaveTitles([.. Enumerable.Range(0, size).Select(i => new ItemTitle($"{version}-{i}", $"<b>Title {i}</b>", "toys", i == 0 ? null : 1.5))]);
        store.Switch(version);
    }

    private static IdMap Ids(IReadOnlyList<string> names)
    {
        var ids = new IdMap(names.Count);
        foreach (string name in names) ids.Add(name);
        return ids;
    }

    private static ListFeatures Features(int size, int rows, IReadOnlyList<string> names)
    {
        var features = ListFeatures.None(names, rows);
        for (int entry = 0; entry < rows; entry++)
        {
            if (entry % size == 1) continue;
            for (int f = 0; f < Math.Min(names.Count, ListFeatures.Max); f++)
                (features.Strongest[entry * ListFeatures.Max + f], features.Shares[entry * ListFeatures.Max + f]) = ((short)f, 1.5f / (f + 1));
            features.Others[entry] = -0.25f;
        }
        return features;
    }

    private static RecommendationBlock Block(int users, int size, int rows, IReadOnlyList<string>? features) => new()
    {
        Users = [.. Enumerable.Range(0, users)],
        Offsets = [.. Enumerable.Range(0, users + 1).Select(u => u * size)],
        Items = [.. Enumerable.Range(0, rows).Select(i => i % size)],
        Scores = [.. Enumerable.Range(0, rows).Select(i => 1f / (1 + i % size))],
        Relevance = [.. Enumerable.Repeat(0.5f, rows)],
        DiversityGain = [.. Enumerable.Repeat(0.25f, rows)],
        Reasons = new ReasonCode[rows],
        ReasonItems = [.. Enumerable.Range(0, rows).SelectMany(_ => new[] { 0, -1, -1 })],
        Sources = new CandidateSource[rows],
        Propensity = [.. Enumerable.Repeat(1f, rows)],
        Features = features is null ? null : Features(size, rows, features),
    };
}
