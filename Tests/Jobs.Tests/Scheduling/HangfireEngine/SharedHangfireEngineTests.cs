using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Jobs.Scheduling.HangfireEngine;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>Hangfire with its storage on PostgreSQL, shared by hosts, and the ledger there too.</summary>
[TestClass]
internal sealed class SharedHangfireEngineTests : JobSchedulerContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-hangfire-").FullName;
    private PublishOptions _publish = null!;
    private OutputConnection? _place;

    [TestInitialize]
    public void Open()
    {
        _publish = new PublishOptions { Path = _folder, Store = OutputEngine.PostgreSql, Connection = PostgresServer.Connection, Schema = PostgresServer.NewSchema() };
        _place = OutputConnection.OpenForServing(_publish, TimeProvider.System);
        Ledger = _place.Operations;
    }

    [TestCleanup]
    public async Task Close()
    {
        await StopHosts();
        // Not there where the server is not, and the test is skipped.
        _place?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private protected override IScheduleEngine Engine(SchedulerOptions options, string node) =>
        new HangfireEngine(options, HangfireStores.PostgreSql(_publish.Connection!, _publish.Schema), node, TimeProvider.System);
}
