using System.Globalization;
using Dapper;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Publish.Sqlite;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
public sealed class PublishKillTests : IDisposable
{
    private const int Users = 2_000;
    private const int Size = 10;
    private const int Items = 100;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_reader_that_polls_while_a_loop_kills_the_writer_sees_whole_versions_only()
    {
        using (var output = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, new FixedTime()))
            new PublishStage(output, ParquetEngines.Writer(), new PublishOptions()).Run(SampleLists.Night(0, Users, Size, Items), StageContext.Quiet(1));
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() => Poll(stop.Token));
        var random = new Random(7);
        int night = 1;
        for (int kill = 0; kill < 8 && !reader.IsCompleted; kill++)
        {
            using var child = ChildProcess.Start("publish-until-killed", _folder.Path, night.ToString(CultureInfo.InvariantCulture));
            string? said = await child.StandardOutput.ReadLineAsync();
            if (said is null) Assert.Fail(await child.StandardError.ReadToEndAsync());
            // Somewhere within the next nights: each takes some tens of milliseconds.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(150)), TimeProvider.System);
            child.Kill();
            night = int.Parse(await child.StandardOutput.ReadToEndAsync() is { Length: > 0 } rest ? rest.Trim().Split('\n')[^1] : said, CultureInfo.InvariantCulture) + 1;
            await child.WaitForExitAsync();
        }
        await stop.CancelAsync();
        var (polls, versions) = await reader;

        Assert.IsTrue(polls > 0 && versions > 1, $"{polls} polls saw {versions} versions");
        using var after = OutputFolder.OpenForWriting(new PublishOptions { Path = _folder.Path }, new FixedTime());
        Assert.IsTrue(after.Store.Versions().All(v => v.IsComplete && after.Damage(v).Count == 0));
        Assert.AreEqual(after.Store.Current + "\n", File.ReadAllText(_folder.File("current")));
    }

    private (int Polls, int Versions) Poll(CancellationToken stop)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int polls = 0;
        while (!stop.IsCancellationRequested)
        {
            seen.Add(ReadTables());
            seen.Add(ReadFiles());
            polls++;
        }
        return (polls, seen.Count);
    }

    /// <summary>One transaction over the views: every user's every entry is of the version's own night.</summary>
    private string ReadTables()
    {
        using var connection = new SqliteDatabase(_folder.File("recsys.db")).Open();
        using var transaction = connection.BeginTransaction(deferred: true);
        var (version, rows) = connection.QuerySingle<(string, long)>("SELECT version, rows FROM versions WHERE state = 'current'", transaction: transaction);
        int night = int.Parse(version.AsSpan(version.Length - 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var (count, wrong) = connection.QuerySingle<(long, long)>(
            $"""
            SELECT count(*), coalesce(sum(CAST(substr(item_id, 5) AS INTEGER) <> (CAST(substr(user_id, 5) AS INTEGER) + rank - 1 + @night) % {Items}), 0)
            FROM current_user_recommendations
            """, new { night }, transaction);
        long defaults = connection.ExecuteScalar<long>("SELECT count(*) FROM current_segment_defaults", transaction: transaction);
        Assert.AreEqual((rows, 0L, (long)Size), (count, wrong, defaults), $"tables of version {version}");
        Assert.AreEqual(Users * Size, count);
        return version;
    }

    /// <summary>What <c>current</c> names: the manifest and every file with its SHA-256.</summary>
    private string ReadFiles()
    {
        string version = File.ReadAllText(_folder.File("current")).Trim();
        string folder = _folder.File("versions", version);
        var manifest = VersionManifest.Load(folder);
        Assert.AreEqual("", string.Join("; ", manifest.Damage(folder)), $"files of version {version}");
        Assert.AreEqual(Users * Size, manifest.Tables["user_recommendations"].Rows);
        return version;
    }
}
