using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Api;

/// <summary>Made-up lists whose items name their night, so that an answer of two nights shows.</summary>
internal sealed class NumberedLists(int users, int entries)
{
    private const int Items = 5_000;

    private readonly IdMap _users = Ids(users, i => UserId(i));

    public int Users => users;

    public int Entries => entries;

    public static string UserId(int user) => string.Create(CultureInfo.InvariantCulture, $"user{user:D8}");

    public void Publish(PublishOptions options, int night)
    {
        using var output = OutputFolder.OpenForWriting(options, TimeProvider.System);
        string name = string.Create(CultureInfo.InvariantCulture, $"n{night}");
        var items = Ids(Items, i => string.Create(CultureInfo.InvariantCulture, $"{name}-{i:D5}"));
        var version = new VersionRecord(name, "run", DateTimeOffset.UnixEpoch, VersionState.Staged, 0, 0, "", "", "", new Dictionary<string, double>(), "");
        var blocks = Enumerable.Range(0, (users + CandidateBlock.MaxUsers - 1) / CandidateBlock.MaxUsers).Select(b => Block(b * CandidateBlock.MaxUsers));
        SegmentEntry[] defaults = [.. Enumerable.Range(0, entries).Select(i => new SegmentEntry("all", i + 1, items.Text(i), 1.0 / (1 + i)))];
        var titles = Enumerable.Range(0, Items).Select(i => new ItemTitle(items.Text(i), "A thing that people buy", "things", 1.5));
        new PublishStage(output, ParquetFiles.Writer(), options)
            .Run(new PublishInput(version, blocks, users, _users, items, defaults, titles), StageContext.Quiet());
        output.Prune(options.KeepVersions, TimeSpan.Zero, default);
    }

    private RecommendationBlock Block(int first)
    {
        int count = Math.Min(CandidateBlock.MaxUsers, users - first);
        int rows = count * entries;
        return new RecommendationBlock
        {
            Users = [.. Enumerable.Range(first, count)],
            Offsets = [.. Enumerable.Range(0, count + 1).Select(u => u * entries)],
            Items = [.. Enumerable.Range(0, rows).Select(i => (first + i) % Items)],
            Scores = [.. Enumerable.Range(0, rows).Select(i => 1f / (1 + i % entries))],
            Relevance = [.. Enumerable.Range(0, rows).Select(i => 1f / (2 + i % entries))],
            DiversityGain = [.. Enumerable.Range(0, rows).Select(i => 1f / (3 + i % entries))],
            Reasons = new ReasonCode[rows],
            ReasonItems = [.. Enumerable.Range(0, rows).SelectMany(i => new[] { i % Items, -1, -1 })],
            Sources = new CandidateSource[rows],
            Propensity = [.. Enumerable.Repeat(1f, rows)],
        };
    }

    private static IdMap Ids(int count, Func<int, string> name)
    {
        var ids = new IdMap(count);
        for (int i = 0; i < count; i++) ids.Add(name(i));
        return ids;
    }
}
