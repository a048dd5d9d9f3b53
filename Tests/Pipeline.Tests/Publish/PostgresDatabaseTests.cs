using Dapper;
using Npgsql;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Publish.Postgres;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
internal sealed class PostgresDatabaseTests
{
    [TestMethod]
    public async Task Eight_hosts_that_start_at_once_on_an_empty_database_all_come_up()
    {
        string connection = PostgresServer.Connection;
        string schema = PostgresServer.NewSchema();
        using var start = new Barrier(8);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                using var host = new PostgresDatabase(connection + ";Pooling=false", schema);
                start.SignalAndWait();
                var store = new PostgresOutputStore(host);
                var ledger = new SqlRunLedger(host);
                var operations = new OperationsLedger(host, TimeProvider.System);
                Assert.AreEqual(0, store.Versions().Count + ledger.Runs(1).Count + operations.TakeWaiting().Count);
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

        using var database = new PostgresDatabase(connection, schema);
        using var open = database.Open();
        CollectionAssert.AreEqual(
            new[]
            {
                ("ledger", 1), ("operations", OperationsSchema.Scripts.Count), ("output", PostgresOutputSchema.Scripts.Count),
                (PlaceSql.Part, PlaceSql.PostgresScripts.Count),
            },
            open.Query<(string, int)>("SELECT part, version FROM schema_versions ORDER BY part").ToArray());
    }

    [TestMethod]
    public void Tables_of_a_newer_program_are_refused()
    {
        using var database = new PostgresDatabase(PostgresServer.Connection, PostgresServer.NewSchema());
        database.Migrate("part", ["CREATE TABLE one (x int)", "CREATE TABLE two (x int)"]);
        StringAssert.Contains(
            Assert.ThrowsExactly<RunFailedException>(() => database.Migrate("part", ["CREATE TABLE one (x int)"])).Message, "schema version 2");
    }

    [TestMethod]
    public void A_migration_that_fails_leaves_the_tables_as_they_were()
    {
        using var database = new PostgresDatabase(PostgresServer.Connection, PostgresServer.NewSchema());
        Assert.ThrowsExactly<PostgresException>(() => database.Migrate("part", ["CREATE TABLE one (x int)", "CREATE TABLE two (x int); SELECT 1 / 0"]));
        database.Migrate("part", ["CREATE TABLE one (x int)", "CREATE TABLE two (x int)"]);
    }

    [TestMethod]
    public void A_deleted_version_s_tables_go_once_nobody_can_look_at_them_any_more()
    {
        using var database = new PostgresDatabase(PostgresServer.Connection, PostgresServer.NewSchema());
        var store = new PostgresOutputStore(database);
        foreach (string version in new[] { "v1", "v2" })
        {
            using (var tables = store.Stage(SampleLists.Version(version)))
            {
                tables.Append(SampleLists.Block(0, 10, 3, 1, items: 30), SampleLists.Ids("user", 10), SampleLists.Ids("item", 30));
                tables.Complete(SampleLists.Version(version));
            }
            store.Switch(version);
        }
        using (var reader = database.Open())
        using (var transaction = reader.BeginTransaction(System.Data.IsolationLevel.RepeatableRead))
        {
            Assert.AreEqual("v2", reader.ExecuteScalar<string>("SELECT version FROM versions WHERE state = 'current'"));
            store.Delete("v1");
            Assert.IsNull(store.Find("v1"));
            Assert.AreEqual(
                30L,
                reader.ExecuteScalar<long>("SELECT count(*) FROM user_recommendations WHERE version = 'v1'"),
                "a reader's transaction goes on with what it saw at first");
        }
        store.Shrink();
        using var after = database.Open();
        Assert.AreEqual(
            2L,
            after.ExecuteScalar<long>(
                "SELECT count(*) FROM pg_catalog.pg_class WHERE relkind = 'r' AND relname ~ '_rows_[0-9]+$' AND relnamespace = (SELECT oid "
                + "FROM pg_catalog.pg_namespace WHERE nspname = current_schema())"));
        Assert.AreEqual(3, store.List("user00001").Count);
    }

    [TestMethod]
    public void A_reader_needs_no_more_than_select_also_for_versions_to_come()
    {
        string schema = PostgresServer.NewSchema();
        using var writer = new PostgresDatabase(PostgresServer.Connection, schema);
        var store = new PostgresOutputStore(writer);
        string role = $"reader of {schema}";
        using (var open = writer.Open())
        {
            string quoted = PostgresDatabase.Quoted(schema), to = PostgresDatabase.Quoted(role);
            open.Execute($"CREATE ROLE {to} LOGIN; GRANT USAGE ON SCHEMA {quoted} TO {to}; GRANT SELECT ON ALL TABLES IN SCHEMA {quoted} TO {to}");
        }
        using var reader = new PostgresDatabase(new NpgsqlConnectionStringBuilder(PostgresServer.Connection) { Username = role }.ToString(), schema);
        var lists = new PostgresOutputStore(reader);
        Assert.IsNull(lists.Read("user00001"));
        using (var tables = store.Stage(SampleLists.Version("v1")))
        {
            tables.Append(SampleLists.Block(0, 10, 3, 1, items: 30), SampleLists.Ids("user", 10), SampleLists.Ids("item", 30));
            tables.Complete(SampleLists.Version("v1"));
        }
        store.Switch("v1");

        Assert.AreEqual("v1", lists.Read("user00001")!.Version);
        Assert.AreEqual((true, false), (writer.Look().MayWrite, reader.Look().MayWrite));
        Assert.ThrowsExactly<PostgresException>(() => lists.Switch("v1"));
    }

    [TestMethod]
    [DataRow("Host=db;Username=u;Password=s3cret;Port=many")]
    [DataRow("Host=db;Username=u;Pasword=s3cret")]
    [DataRow("postgres://u:s3cret@db/recsys")]
    [DataRow("Username=u;Password=s3cret")]
    public void A_connection_string_that_cannot_be_used_is_not_repeated(string connection)
    {
        var error = Assert.ThrowsExactly<ConfigurationException>(() => new PostgresDatabase(connection, "recsys"));
        StringAssert.Contains(error.Message, "Publish:Connection");
        Assert.IsFalse(error.ToString().Contains("s3cret", StringComparison.Ordinal), error.ToString());
    }

    [TestMethod]
    public void A_server_that_does_not_answer_is_named_without_its_password()
    {
        using var database = new PostgresDatabase("Host=127.0.0.1;Port=1;Username=u;Password=s3cret;Database=shop;Timeout=5", "recsys");
        var error = Assert.ThrowsExactly<RunFailedException>(() => database.Open());
        StringAssert.Contains(error.Message, "127.0.0.1:1/shop, schema recsys");
        Assert.IsFalse(error.ToString().Contains("s3cret", StringComparison.Ordinal), error.ToString());
    }

    [TestMethod]
    public void The_connection_may_lie_in_a_file_or_variable_a_missing_one_is_named()
    {
        using var folder = new Runs.TempFolder();
        File.WriteAllText(folder.File("connection"), PostgresServer.Connection + "\n");
        var options = new PublishOptions
        {
            Path = folder.Path,
            Store = OutputEngine.PostgreSql,
            Connection = "file:" + folder.File("connection"),
            Schema = PostgresServer.NewSchema(),
        };
        using (var output = OutputFolder.OpenForServing(options)) Assert.IsNull(output.Store.Current);

        options.Connection = "file:" + folder.File("elsewhere");
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => OutputFolder.OpenForServing(options)).Message, folder.File("elsewhere"));
        options.Connection = "env:RECSYS_TEST_NO_SUCH_VARIABLE";
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(() => OutputFolder.OpenForServing(options)).Message, "RECSYS_TEST_NO_SUCH_VARIABLE");
    }
}
