using System.Collections.Immutable;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>What every engine of the ledger must do. An engine's class names how it is opened.</summary>
internal abstract class RunLedgerContract
{
    private static readonly DateTimeOffset Noon = new(2011, 12, 10, 12, 0, 0, TimeSpan.Zero);

    protected abstract IRunLedger Open(FencingToken? fence = null);

    protected abstract OperationsLedger Operations();

    [TestMethod]
    public void A_run_comes_back_as_it_was_saved_and_saved_again()
    {
        var ledger = Open();
        ledger.Save(Started("000001-a"));
        var ended = Started("000001-a") with { State = RunState.Finished, Ended = Noon.AddMinutes(3), Attempts = 2, Version = "v1" };
        ledger.Save(ended);

        Assert.AreEqual(ended, Open().Run("000001-a"));
        Assert.IsNull(ledger.Run("000002-b"));
    }

    [TestMethod]
    public void Runs_come_newest_first()
    {
        var ledger = Open();
        foreach (string id in new[] { "000002-b", "000001-a", "000003-c" }) ledger.Save(Started(id));

        CollectionAssert.AreEqual(new[] { "000003-c", "000002-b" }, ledger.Runs(2).Select(r => r.RunId).ToArray());
    }

    [TestMethod]
    public void Saving_a_stage_again_replaces_metrics_and_checks_and_keeps_its_place()
    {
        var ledger = Open();
        ledger.Save(Started("000001-a"));
        var check = new ConstraintResult("data", "rows", ConstraintLevel.Warn, double.NaN, "any", "Nothing to measure.");
        ledger.Save(Stage("ingest", StageState.Running), new Dictionary<string, double> { ["old"] = 1 }, [check, check]);
        ledger.Save(Stage("train", StageState.Finished), new Dictionary<string, double> { ["loss"] = 0.5, ["none"] = double.NaN }, []);
        ledger.Save(Stage("ingest", StageState.Finished), new Dictionary<string, double> { ["rows"] = 7 }, [check]);

        CollectionAssert.AreEqual(new[] { Stage("ingest", StageState.Finished), Stage("train", StageState.Finished) }, ledger.Stages("000001-a").ToArray());
        CollectionAssert.AreEqual(
            new[] { new LedgerMetric("000001-a", "ingest", "rows", 7), new("000001-a", "train", "loss", 0.5), new("000001-a", "train", "none", double.NaN) },
            ledger.Metrics("000001-a").ToArray());
        CollectionAssert.AreEqual(new[] { new LedgerCheck("000001-a", "ingest", check) }, ledger.Checks("000001-a").ToArray());
    }

    [TestMethod]
    public void History_holds_what_runs_made_themselves_newest_first()
    {
        var ledger = Open();
        for (int i = 1; i <= 4; i++)
        {
            string id = $"00000{i}-x";
            ledger.Save(Started(id));
            ledger.Save(
                Stage("ingest", i == 3 ? StageState.Reused : StageState.Finished) with { RunId = id }, new Dictionary<string, double> { ["rows"] = i }, []);
        }

        CollectionAssert.AreEqual(new[] { 4.0, 2.0 }, ledger.History("ingest", "rows", 2).ToArray());
    }

    [TestMethod]
    public void Abandoned_runs_are_closed_except_the_one_taken_up()
    {
        var ledger = Open();
        ledger.Save(Started("000001-a"));
        ledger.Save(Started("000002-b"));
        ledger.CloseAbandoned("000002-b", Noon);

        Assert.AreEqual(RunState.Failed, ledger.Run("000001-a")!.State);
        Assert.AreEqual(Noon, ledger.Run("000001-a")!.Ended);
        Assert.AreEqual(RunState.Running, ledger.Run("000002-b")!.State);
        ledger.CloseAbandoned(null, Noon);
        Assert.AreEqual(RunState.Failed, ledger.Run("000002-b")!.State);
    }

    [TestMethod]
    public void Quarantine_is_kept_by_file_and_reason_with_a_sample()
    {
        var ledger = Open();
        ledger.Save(Started("000001-a"));
        ledger.SaveQuarantine("000001-a", [new("000001-a", "old.parquet", "x", 1, [])]);
        ledger.SaveQuarantine("000001-a", [new("000001-a", "log.parquet", "negative price", 12, [3, 99])]);

        var row = ledger.Quarantine("000001-a").Single();
        Assert.AreEqual(("log.parquet", "negative price", 12L), (row.File, row.Reason, row.Rows));
        CollectionAssert.AreEqual(new[] { 3L, 99L }, row.SampleRows.ToArray());
    }

    [TestMethod]
    public void A_writer_whose_lease_was_taken_over_changes_no_run()
    {
        var first = Operations().TryAcquire("store", "host a", TimeSpan.Zero)!;
        var paused = Open(new FencingToken(first.Name, first.Token));
        paused.Save(Started("000001-a"));
        Operations().TryAcquire("store", "host b", TimeSpan.FromMinutes(1));

        foreach (var write in (Action[])
        [
            () => paused.Save(Started("000001-a") with { State = RunState.Failed }),
            () => paused.Save(Stage("ingest", StageState.Failed), ImmutableDictionary<string, double>.Empty, []),
            () => paused.SaveQuarantine("000001-a", []),
        ])
            StringAssert.Contains(Assert.ThrowsExactly<RunFailedException>(write).Message, "took over the lease 'store'");

        Assert.AreEqual(RunState.Running, Open().Run("000001-a")!.State);
        Assert.IsEmpty(Open().Stages("000001-a"));
    }

    private static LedgerRun Started(string id) => new(id, "nightly", RunState.Running, Noon, null, 1, ulong.MaxValue, 2, "hash", null, null);

    private static LedgerStage Stage(string stage, StageState state) => new("000001-a", stage, state, "hash", "not finished before", null, Noon, 1.5, 10, null);
}

[TestClass]
internal sealed class SqliteRunLedgerTests : RunLedgerContract, IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override IRunLedger Open(FencingToken? fence = null) => new SqlRunLedger(new SqliteDatabase(_folder.File("recsys.db")), fence);

    protected override OperationsLedger Operations() => new OperationsLedger(new SqliteDatabase(_folder.File("recsys.db")), TimeProvider.System);

    [TestMethod]
    public void A_file_of_a_newer_program_is_refused()
    {
        Open();
        var database = new SqliteDatabase(_folder.File("recsys.db"));
        var error = Assert.ThrowsExactly<Recsys.Batch.Pipeline.Errors.RunFailedException>(() => database.Migrate("ledger", []));
        StringAssert.Contains(error.Message, "schema version 1");
    }
}

[TestClass]
internal sealed class PostgresRunLedgerTests : RunLedgerContract, IDisposable
{
    private readonly PostgresDatabase _database = new(PostgresServer.Connection, PostgresServer.NewSchema());

    public void Dispose() => _database.Dispose();

    protected override IRunLedger Open(FencingToken? fence = null) => new SqlRunLedger(_database, fence);

    protected override OperationsLedger Operations() => new OperationsLedger(_database, TimeProvider.System);
}
