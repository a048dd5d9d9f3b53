using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

/// <summary>Logs of impressions and clicks, and versions that they speak of, as files.</summary>
internal static class FeedbackFiles
{
    public static FeedbackResult Run(TempFolder folder, FeedbackOptions options, IReadOnlyList<PublishedVersion> versions, DiversityPolicy? inForce) =>
        RunIn(folder.File("stage"), options, versions, inForce);

    /// <param name="before">Folder of the run before.</param>
    public static FeedbackResult RunIn(
        string at, FeedbackOptions options, IReadOnlyList<PublishedVersion> versions, DiversityPolicy? inForce, string? before = null,
        IParquetReader? reader = null)
    {
        Directory.CreateDirectory(at);
        return new FeedbackStage(reader ?? ParquetFiles.Reader(), ParquetFiles.Writer(), options)
            .Run(new FeedbackInputs(versions, inForce, before), at, StageContext.Quiet(1));
    }

    public static FeedbackOptions Options(TempFolder folder) => new()
    {
        Logs = [new()
        {
            Name = "shop",
            Path = folder.File("log.parquet"),
            Columns = new() { User = "user", Item = "item", Version = "version", Kind = "kind", Rank = "rank", Time = "time" },
        }],
    };

    public static PublishedVersion Version(TempFolder folder, string name, DiversityPolicy? policy, params (string User, string[] Items)[] lists)
    {
        var rows = lists.SelectMany(l => l.Items.Select((item, k) => (l.User, Item: item, Rank: k + 1))).ToArray();
        Write(folder.File($"{name}-lists.parquet"),
            Text("user_id", rows.Select(r => r.User)), Text("item_id", rows.Select(r => r.Item)), Int("rank", rows.Select(r => r.Rank)),
            Double("relevance", rows.Select(r => 1.0 / r.Rank)));
        Write(folder.File($"{name}-arms.parquet"),
            Text("user_id", lists.Select(l => l.User)), Int("context", lists.Select(_ => 0)),
            Int("arm", lists.Select(l => policy?.ArmOf(Encoding.UTF8.GetBytes(l.User), 0) ?? 0)));
        return new PublishedVersion(name, policy, [folder.File($"{name}-lists.parquet")], policy is null ? [] : [folder.File($"{name}-arms.parquet")]);
    }

    public static void Log(TempFolder folder, string file, params (string? User, string? Item, string? Version, string Kind, int Rank, int Time)[] rows) =>
        Write(
            folder.File(file), Text("user", rows.Select(r => r.User)), Text("item", rows.Select(r => r.Item)), Text("version", rows.Select(r => r.Version)),
            Text("kind", rows.Select(r => r.Kind)), Int("rank", rows.Select(r => r.Rank)), Int("time", rows.Select(r => r.Time)));

    public static void Numbers(TempFolder folder, string file, params (int U, int I, int V, int K)[] rows) => Write(folder.File(file),
        Int("u", rows.Select(r => r.U)), Int("i", rows.Select(r => r.I)), Int("v", rows.Select(r => r.V)), Int("k", rows.Select(r => r.K)));

    public static void Write(string path, params Column[] columns)
    {
        using var to = ParquetFiles.Writer().Create(path, [.. columns.Select(c => c.Field)]);
        to.Append(columns, columns[0].Count);
        to.Complete();
    }

    /// <summary>A log whose times are timestamps.</summary>
    public static void Log(string path, IReadOnlyList<(string User, string Item, string Version, string Kind, DateTimeOffset Time)> rows) => Write(
        path, Text("user", rows.Select(r => r.User)), Text("item", rows.Select(r => r.Item)), Text("version", rows.Select(r => r.Version)),
        Text("kind", rows.Select(r => r.Kind)), Times("time", [.. rows.Select(r => r.Time)]));

    public static ValueColumn<long> Times(string name, DateTimeOffset[] times) => new(
        new ColumnField(name, ColumnType.Timestamp, Nullable: false, TimestampUnit.Milliseconds, IsUtc: true), times.Length,
        [.. times.Select(t => t.ToUnixTimeMilliseconds())]);

    public static ValueColumn<int> Int(string name, IEnumerable<int> values)
    {
        int[] all = [.. values];
        return new(new ColumnField(name, ColumnType.Int32), all.Length, all);
    }

    public static ValueColumn<double> Double(string name, IEnumerable<double> values)
    {
        double[] all = [.. values];
        return new(new ColumnField(name, ColumnType.Double), all.Length, all);
    }

    public static Utf8Column Text(string name, IEnumerable<string?> values)
    {
        string?[] all = [.. values];
        var offsets = new int[all.Length + 1];
        var bytes = new MemoryStream();
        var validity = new ulong[(all.Length + 63) / 64];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] is { } text)
            {
                bytes.Write(Encoding.UTF8.GetBytes(text));
                validity[i >> 6] |= 1UL << (i & 63);
            }
            offsets[i + 1] = (int)bytes.Length;
        }
        return new(new ColumnField(name, ColumnType.Utf8), all.Length, offsets, bytes.ToArray(), validity);
    }
}
