using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Publish.Postgres;
using Recsys.Batch.Pipeline.Publish.Sqlite;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Tests.Runs;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
internal sealed class SqliteOutputStoreTests : OutputStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void The_file_shrinks_once_most_of_it_is_free_also_while_it_is_read()
    {
        var store = Open();
        var items = SampleLists.Ids("item", 30);
        for (int night = 0; night < 4; night++)
        {
            using (var tables = store.Stage(SampleLists.Version($"v{night}")))
            {
                tables.Append(SampleLists.Block(0, 2_000, 10, night, items: 30), SampleLists.Ids("user", 2_000), items);
                tables.Complete(SampleLists.Version($"v{night}"));
            }
            store.Switch($"v{night}");
        }
        long full = new FileInfo(_folder.File("recsys.db")).Length;
        using (var lists = store.Lists("v3").GetEnumerator())
        {
            lists.MoveNext();
            for (int night = 0; night < 3; night++) store.Delete($"v{night}");
            store.Shrink();
            while (lists.MoveNext()) Assert.AreEqual(10, lists.Current.ItemIds.Count);
        }
        store.Shrink();
        Assert.AreEqual(2_000, store.Lists("v3").Count());
        long left = new FileInfo(_folder.File("recsys.db")).Length;
        Assert.IsTrue(left < full / 2, $"{full} to {left}");
    }

    protected override IOutputStore Open(FencingToken? fence = null) => new SqliteOutputStore(new SqliteDatabase(_folder.File("recsys.db")), fence);

    protected override OperationsLedger Operations() => new OperationsLedger(new SqliteDatabase(_folder.File("recsys.db")), new FixedTime());
}

[TestClass]
internal sealed class PostgresOutputStoreTests : OutputStoreContract, IDisposable
{
    private readonly PostgresDatabase _database = new(PostgresServer.Connection, PostgresServer.NewSchema());

    public void Dispose() => _database.Dispose();

    protected override IOutputStore Open(FencingToken? fence = null) => new PostgresOutputStore(_database, fence);

    protected override OperationsLedger Operations() => new OperationsLedger(_database, TimeProvider.System);
}
