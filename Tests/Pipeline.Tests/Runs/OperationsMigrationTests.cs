using Dapper;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>An operations ledger of 0.1.0, in which executions were kept, opened by this version.</summary>
[TestClass]
public sealed class OperationsMigrationTests
{
    private const int ScriptsOf010 = 2;

    [TestMethod]
    public void A_ledger_of_0_1_0_in_SQLite_opens_without_loss()
    {
        using var folder = new TempFolder();
        using var database = new SqliteDatabase(folder.File("recsys.db"));
        Fill(database, "2011-12-09T02:30:00.0000000Z", "9999-12-31T00:00:00.0000000Z");
        Look(new OperationsLedger(database, TimeProvider.System));
    }

    [TestMethod]
    public void A_ledger_of_0_1_0_in_PostgreSQL_opens_without_loss()
    {
        using var database = new PostgresDatabase(PostgresServer.Connection, PostgresServer.NewSchema());
        Fill(database, "2011-12-09T02:30:00Z", "9999-12-31T00:00:00Z");
        Look(new OperationsLedger(database, TimeProvider.System));
    }

    private static void Fill(IOutputDatabase database, string time, string far)
    {
        database.Migrate("operations", SchemaText.For(database.Engine, OperationsSchema.Scripts.Take(ScriptsOf010)));
        using var connection = database.Open();
        connection.Execute($$"""
            INSERT INTO executions VALUES ('night@20111209T023000Z', 'nightly', 'night', '{"from":"train"}', 'schedule', 'failed',
                '{{time}}', 'a', '{{time}}', '{{time}}', '000001-a', 2, 'disk full', NULL);
            INSERT INTO executions VALUES ('nightly-again', 'nightly', NULL, '{}', 'anna', 'finished',
                '{{time}}', 'b', '{{time}}', '{{time}}', '000001-a', 1, NULL, NULL);
            INSERT INTO executions VALUES ('waits', 'prune', NULL, '{"keep":"3"}', 'ben', 'queued', '{{time}}', 'a', NULL, NULL, NULL, 1, NULL, NULL);
            INSERT INTO executions VALUES ('works', 'nightly', 'night', '{}', 'schedule', 'running',
                '{{time}}', 'a', '{{time}}', NULL, '000002-b', 1, NULL, NULL);
            INSERT INTO executions VALUES ('cancelled', 'nightly', NULL, '{}', 'ben', 'queued', '{{time}}', 'a', NULL, NULL, NULL, 1, NULL, 'anna');
            INSERT INTO leases VALUES ('store', 'a nightly', 7, '{{time}}');
            INSERT INTO leases VALUES ('paused:night', 'mia', 1, '{{far}}');
            INSERT INTO leases VALUES ('execution:works', 'a', 1, '{{time}}');
            INSERT INTO leases VALUES ('node:a', 'a', 1, '{{time}}');
            """);
    }

    private static void Look(OperationsLedger ledger)
    {
        var run = ledger.Request("000001-a")!;
        Assert.AreEqual(("anna", "b", null), (run.RequestedBy, run.Node, run.Schedule), "the newest that was in the run");
        Assert.AreEqual("000002-b", ledger.NewestRequest("night")!.Id);
        var waiting = ledger.TakeWaiting();
        CollectionAssert.AreEqual((string[])["waits", "works"], waiting.Select(w => w.Id).ToArray());
        Assert.AreEqual(("ben", "3"), (waiting[0].RequestedBy, waiting[0].Parameters["keep"]));
        var night = ledger.Schedule("night")!;
        Assert.AreEqual((null, new DateTimeOffset(2011, 12, 9, 2, 30, 0, TimeSpan.Zero)), (night.Cron, night.Served));
        Assert.AreEqual(("mia", true), (ledger.Lease("paused:night")!.Holder, ledger.Lease("paused:night")!.Held));
        Assert.AreEqual(8, ledger.TryAcquire("store", "b", TimeSpan.FromMinutes(1))!.Token);
        Assert.IsNull(ledger.Lease("execution:works"));
        Assert.IsNull(ledger.Lease("node:a"));
    }
}
