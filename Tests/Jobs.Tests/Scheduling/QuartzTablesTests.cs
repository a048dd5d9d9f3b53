using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Tests.Host;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>
/// A schema of 0.1.0 in which Quartz kept its jobs. Its tables are those of <c>quartz-tables.sql</c>, and part <c>quartz</c> stands at version 1.
/// </summary>
[TestClass]
public sealed class QuartzTablesTests
{
    private static readonly string s_tables = Path.Combine(Repository.Root, "Tests", "Jobs.Tests", "Scheduling", "quartz-tables.sql");

    private readonly string _schema = PostgresServer.NewSchema();
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-quartz-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_schema_with_tables_of_Quartz_opens_and_they_are_left_alone()
    {
        var publish = new PublishOptions { Path = _folder, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = _schema };
        using (OutputConnection.OpenForServing(publish, TimeProvider.System)) Execute(await File.ReadAllTextAsync(s_tables));
        Execute("INSERT INTO schema_versions VALUES ('quartz', 1); INSERT INTO qrtz_locks VALUES ('recsys', 'TRIGGER_ACCESS')");

        await using var host = await TestHost.Start(settings:
        [
            .. TestHost.Credentials, "Publish:Store=PostgreSql", $"Publish:Connection={PostgresServer.Connection}", $"Publish:Schema={_schema}",
            "Scheduler:Store=PostgreSql", "Scheduler:Engine=quartz", "Schedules:tidy:Job=prune", "Schedules:tidy:Cron=0 3 1 1 *",
        ]);
        var scheduler = host.Services.GetRequiredService<IJobScheduler>();
        string asked = scheduler.Trigger(new JobOrder("prune", new() { ["keep"] = "3" }), "olga");

        await JobHost.Waited(() => scheduler.Job(asked) is { State: JobState.Finished } job ? job : null, () => $"{scheduler.Job(asked)}");
        Assert.AreEqual(11L, Execute("SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename LIKE 'qrtz\\_%'"));
        Assert.AreEqual("recsys", Execute("SELECT sched_name FROM qrtz_locks"));
    }

    [TestMethod]
    public async Task What_the_changelog_says_drops_the_tables_of_Quartz_and_nothing_else()
    {
        string log = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "CHANGELOG.md"));
        string drop = log[log.IndexOf("DROP TABLE qrtz_", StringComparison.Ordinal)..].Split('`')[0];
        var publish = new PublishOptions { Path = _folder, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = _schema };
        using (OutputConnection.OpenForServing(publish, TimeProvider.System))
        {
            const string Count = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()";
            object? before = Execute(Count);
            Execute(await File.ReadAllTextAsync(s_tables) + "INSERT INTO schema_versions VALUES ('quartz', 1)");
            Execute(drop);
            Assert.AreEqual(before, Execute(Count));
            Assert.AreEqual(0L, Execute("SELECT count(*) FROM schema_versions WHERE part = 'quartz'"));
        }
    }

    private object? Execute(string sql)
    {
        string quoted = $"\"{_schema.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(PostgresServer.Connection) { SearchPath = quoted }.ConnectionString);
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        return command.ExecuteScalar();
    }
}
