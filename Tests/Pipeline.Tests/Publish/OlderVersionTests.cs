using Dapper;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Publish.Postgres;
using Recsys.Batch.Pipeline.Publish.Sqlite;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Tests.Runs;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Publish;

/// <summary>A version that was published before lists said which features carried their entries, opened by this program.</summary>
[TestClass]
internal sealed class OlderVersionTests
{
    private const int ScriptsBefore = 8, PostgresScriptsBefore = 7;

    [TestMethod]
    public void Lists_in_SQLite_stay_readable_beside_new_ones()
    {
        using var folder = new TempFolder();
        using var database = new SqliteDatabase(folder.File("recsys.db"));
        database.Migrate(SqliteOutputSchema.Part, [.. SqliteOutputSchema.Scripts.Take(ScriptsBefore)]);
        using (var connection = database.Open())
        {
            connection.Execute(
                """
                INSERT INTO versions (version, number, run_id, created, state, rows, users, options_hash, window_from, window_to, metrics, manifest_sha256)
                VALUES ('old', 1, '000001-a', '2011-12-10T03:00:00.0000000+00:00', 'current', 1, 1, 'o', '2010-12-01', '2011-12-09', '{}', 's');
                INSERT INTO user_recommendations_rows VALUES (1, 'user00003', 1, 'item00009', 1, 1, 0, 'popular', '[]', 'cf', 1, '');
                """);
        }
        Look(new SqliteOutputStore(database, null));
    }

    [TestMethod]
    public void Lists_in_PostgreSQL_stay_readable_beside_new_ones()
    {
        using var database = new PostgresDatabase(PostgresServer.Connection, PostgresServer.NewSchema());
        database.Migrate(PostgresOutputSchema.Part, [.. PostgresOutputSchema.Scripts.Take(PostgresScriptsBefore)]);
        using (var connection = database.Open())
        {
            connection.Execute(
                """
                INSERT INTO versions (version, run_id, created, state, rows, users, options_hash, window_from, window_to, metrics, manifest_sha256)
                VALUES ('old', '000001-a', '2011-12-10T03:00:00Z', 'current', 1, 1, 'o', '2010-12-01', '2011-12-09', '{}', 's');
                CREATE TABLE user_recommendations_rows_1 PARTITION OF user_recommendations_rows FOR VALUES IN (1);
                INSERT INTO user_recommendations_rows VALUES (1, 'user00003', 1, 'item00009', 1, 1, 0, 'popular', '[]', 'cf', 1, '');
                """);
        }
        Look(new PostgresOutputStore(database, null));
    }

    private static void Look(IOutputStore store)
    {
        using (var tables = store.Stage(SampleLists.Version("new")))
        {
            tables.Append(
                SampleLists.Ranked(SampleLists.Block(0, 10, 3, night: 1, items: 30)), SampleLists.Ids("user", 10), SampleLists.Ids("item", 30));
            tables.Complete(SampleLists.Version("new"));
        }
        store.Switch("new");
        Assert.AreEqual("score", store.List("user00003")[0].Features!.Strongest.Single().Name);

        store.Switch("old", isRollback: true);
        var entry = store.List("user00003").Single();
        Assert.AreEqual(("item00009", null), (entry.ItemId, entry.Features));
    }
}
