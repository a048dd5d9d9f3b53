using System.Diagnostics;
using System.Globalization;
using Dapper;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Tests.Runs;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>What must hold whatever moment a writer is killed at, on every engine.</summary>
internal abstract class PublishKillContract : IDisposable
{
    protected const int Users = 2_000;
    protected const int Size = 10;
    protected const int Items = 100;

    private readonly TempFolder _folder = new();
    private IOutputDatabase? _database;

    protected string Folder => _folder.Path;

    protected abstract PublishOptions Options { get; }

    /// <summary>Begins a transaction that reads one snapshot.</summary>
    protected abstract string Begin { get; }

    protected abstract Process StartWriter(string night);

    public void Dispose()
    {
        _database?.Dispose();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [TestMethod]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_reader_that_polls_while_writers_are_killed_sees_whole_versions_only()
    {
        using (var output = OutputFolder.OpenForWriting(Options, new FixedTime()))
            new PublishStage(output, ParquetFiles.Writer(), new PublishOptions()).Run(SampleLists.Night(0, Users, Size, Items), StageContext.Quiet(1));
        _database = OutputFolder.DatabaseOf(Options);
        using var stop = new CancellationTokenSource();
        var reader = Task.Run(() => Poll(stop.Token));
        var random = new Random(7);
        int night = 1;
        for (int kill = 0; kill < 8 && !reader.IsCompleted; kill++)
        {
            using var child = StartWriter(night.ToString(CultureInfo.InvariantCulture));
            string? said = await child.StandardOutput.ReadLineAsync();
            if (said is null) Assert.Fail(await child.StandardError.ReadToEndAsync());
            // Somewhere within the next nights: each takes some tens of milliseconds.
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(150)), TimeProvider.System);
            child.Kill();
            night = int.Parse(
                await child.StandardOutput.ReadToEndAsync() is { Length: > 0 } rest ? rest.Trim().Split('\n')[^1] : said, CultureInfo.InvariantCulture) + 1;
            await child.WaitForExitAsync();
        }
        await stop.CancelAsync();
        var (polls, versions) = await reader;

        Assert.IsTrue(polls > 0 && versions > 1, $"{polls} polls saw {versions} versions");
        using var after = OutputFolder.OpenForWriting(Options, new FixedTime());
        Assert.IsTrue(after.Store.Versions().All(v => v.IsComplete && after.Damage(v).Count == 0));
        Assert.AreEqual(after.Store.Current + "\n", File.ReadAllText(_folder.File("current")));
    }

    private (int Polls, int Versions) Poll(CancellationToken stop)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        int polls = 0;
        using var folder = OutputFolder.OpenForReading(Options);
        while (!stop.IsCancellationRequested)
        {
            seen.Add(ReadTables());
            seen.Add(ReadFiles());
            seen.Add(ReadOne(folder.Store, polls % Users));
            polls++;
        }
        return (polls, seen.Count);
    }

    /// <summary>One transaction over the views: every user's every entry is of the version's own night.</summary>
    private string ReadTables()
    {
        using var connection = _database!.Open();
        connection.Execute(Begin);
        var (version, rows) = connection.QuerySingle<(string, long)>("SELECT version, rows FROM versions WHERE state = 'current'");
        int night = int.Parse(version.AsSpan(version.Length - 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        var (count, wrong) = connection.QuerySingle<(long, long)>(
            $"""
            SELECT count(*), coalesce(sum(CASE
                WHEN CAST(substr(item_id, 5) AS INTEGER) <> (CAST(substr(user_id, 5) AS INTEGER) + rank - 1 + @night) % {Items} THEN 1 ELSE 0 END), 0)
            FROM current_user_recommendations
            """, new { night });
        long defaults = connection.ExecuteScalar<long>("SELECT count(*) FROM current_segment_defaults");
        connection.Execute("COMMIT;");
        Assert.AreEqual((rows, 0L, (long)Size), (count, wrong, defaults), $"tables of version {version}");
        Assert.AreEqual(Users * Size, count);
        return version;
    }

    /// <summary>One list as the API reads it: every entry is of the version that it names.</summary>
    private static string ReadOne(IOutputStore store, int user)
    {
        var list = store.Read($"user{user:D5}")!;
        int night = int.Parse(list.Version.AsSpan(list.Version.Length - 8), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        CollectionAssert.AreEqual(
            Enumerable.Range(0, Size).Select(r => $"item{(user + r + night) % Items:D5}").ToArray(),
            list.Entries.Select(e => e.ItemId).ToArray(),
            list.Version);
        return list.Version;
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

[TestClass]
internal sealed class PublishKillTests : PublishKillContract
{
    protected override PublishOptions Options => new() { Path = Folder };

    protected override string Begin => "BEGIN;";

    protected override Process StartWriter(string night) => ChildProcess.Start("publish-until-killed", Folder, night);
}

[TestClass]
internal sealed class PostgresPublishKillTests : PublishKillContract
{
    private readonly string _schema = PostgresServer.NewSchema();

    protected override PublishOptions Options =>
        new() { Path = Folder, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = _schema };

    protected override string Begin => "BEGIN ISOLATION LEVEL REPEATABLE READ;";

    protected override Process StartWriter(string night) =>
        ChildProcess.Start("publish-until-killed-to-postgres", Folder, night, PostgresServer.Connection, _schema);

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [Timeout(120_000, CooperativeCancellation = true)]
    public async Task A_writer_paused_past_its_lease_gets_a_clear_error_and_changes_nothing()
    {
        using var child = ChildProcess.Start("publish-under-lease", Folder, PostgresServer.Connection, _schema);
        Assert.AreEqual("1", await child.StandardOutput.ReadLineAsync());
        await Signal(child, "STOP");
        using var place = OutputConnection.OpenForServing(Options, TimeProvider.System);
        LeaseGrant? grant;
        while ((grant = place.Operations.TryAcquire("store", "host b", TimeSpan.FromMinutes(5))) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        using (var output = OutputConnection.OpenForWriting(Options, TimeProvider.System, grant))
            new PublishStage(output.Folder, ParquetFiles.Writer(), Options).Run(SampleLists.Night(0xabcdef, Users, Size, Items), StageContext.Quiet(1));

        await Signal(child, "CONT");
        string said = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.AreEqual(1, child.ExitCode, said + await child.StandardError.ReadToEndAsync());
        Assert.IsTrue(
            said.Contains("took over the lease 'store'", StringComparison.Ordinal)
                || said.Contains("could not go on with the database", StringComparison.Ordinal),
            said);
        Assert.AreEqual("2011-12-09-00abcdef", place.Store.Current);
        Assert.AreEqual("2011-12-09-00abcdef\n", File.ReadAllText(Path.Combine(Folder, "current")));
        Assert.IsTrue(place.Store.Versions().All(v => v.IsComplete), "nothing of the paused writer is left half-written");
    }

    private static async Task Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.AreEqual(0, kill.ExitCode);
    }
}
