using Dapper;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Pipeline.Tests.Runs;

/// <summary>What every engine of the operations ledger must do. An engine's class names how it is opened and how its time passes.</summary>
internal abstract class OperationsLedgerContract
{
    private static readonly DateTimeOffset Noon = new(2011, 12, 10, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    protected abstract OperationsLedger Open();

    /// <summary>Makes the clock of leases move on, for all that was taken so far.</summary>
    protected abstract void Pass(TimeSpan time);

    /// <summary>Now, by that clock.</summary>
    protected abstract DateTimeOffset Clock { get; }

    [TestMethod]
    public void A_lease_has_one_holder_until_it_is_given_back()
    {
        var first = Open().TryAcquire("writer", "host a", Minute)!;
        Assert.IsNull(Open().TryAcquire("writer", "host b", Minute));
        Assert.IsNotNull(Open().TryAcquire("other", "host b", Minute));

        var held = Open().Lease("writer")!;
        Assert.AreEqual(("host a", first.Token, true), (held.Holder, held.Token, held.Held));
        Open().Release(first);
        Assert.IsFalse(Open().Lease("writer")!.Held);
        Assert.IsFalse(Open().Renew(first, Minute), "a lease that was given back is not renewed by a late heartbeat");
        var second = Open().TryAcquire("writer", "host b", Minute)!;
        Assert.IsTrue(second.Token > first.Token);
        Assert.IsNull(Open().Lease("never taken"));
    }

    [TestMethod]
    public void A_lapsed_lease_is_taken_over_and_its_old_holder_can_do_nothing_with_it()
    {
        var ledger = Open();
        var first = ledger.TryAcquire("writer", "host a", Minute)!;
        Pass(TimeSpan.FromSeconds(50));
        Assert.IsTrue(ledger.Renew(first, Minute));
        Pass(TimeSpan.FromSeconds(50));
        Assert.IsNull(ledger.TryAcquire("writer", "host b", Minute), "it was renewed in time");
        Pass(TimeSpan.FromSeconds(11));

        var second = ledger.TryAcquire("writer", "host b", Minute)!;
        Assert.IsTrue(second.Token > first.Token);
        Assert.IsFalse(ledger.Renew(first, Minute));
        ledger.Release(first);
        Assert.AreEqual(("host b", true), (ledger.Lease("writer")!.Holder, ledger.Lease("writer")!.Held));
    }

    [TestMethod]
    public void Of_many_that_ask_at_once_one_gets_the_lease()
    {
        var ledgers = Enumerable.Range(0, 8).Select(_ => Open()).ToArray();
        var grants = ledgers.AsParallel().WithDegreeOfParallelism(8).Select((l, i) => l.TryAcquire("writer", $"host {i}", Minute)).ToArray();
        Assert.AreEqual(1, grants.Count(g => g is not null));
    }

    [TestMethod]
    public void Each_shard_is_claimed_once_and_done_once()
    {
        var ledger = Open();
        ledger.PostShards("000001-a", "materialize", ["0", "1", "2"]);
        ledger.PostShards("000001-a", "materialize", ["0", "1", "2"]);
        var ledgers = Enumerable.Range(0, 8).Select(_ => Open()).ToArray();
        var claims = ledgers.AsParallel().WithDegreeOfParallelism(8)
            .Select((l, i) => l.ClaimShard("000001-a", $"host {i}", Minute)).OfType<ShardClaim>().ToArray();

        CollectionAssert.AreEquivalent(new[] { "0", "1", "2" }, claims.Select(c => c.Shard).ToArray());
        Assert.AreEqual(3, claims.Select(c => c.Token).Distinct().Count());
        Assert.IsTrue(ledger.CompleteShard(claims[0]));
        Assert.IsFalse(ledger.CompleteShard(claims[0]));
        Assert.AreEqual(
            new ShardState("000001-a", "materialize", claims[0].Shard, "done", claims[0].Holder, 1, null),
            ledger.Shards("000001-a").Single(s => s.State == "done"));
        CollectionAssert.AreEqual(new[] { "0", "1", "2" }, ledger.Shards("000001-a").Select(s => s.Shard).ToArray());
    }

    [TestMethod]
    public void A_shard_whose_worker_is_gone_is_taken_over_and_lost_to_the_old_worker()
    {
        var ledger = Open();
        ledger.PostShards("000001-a", "materialize", ["0"]);
        var first = ledger.ClaimShard("000001-a", "host a", Minute)!;
        Assert.IsNull(ledger.ClaimShard("000001-a", "host b", Minute));
        Pass(TimeSpan.FromSeconds(50));
        Assert.IsTrue(ledger.RenewShard(first, Minute));
        Pass(TimeSpan.FromSeconds(61));
        var second = ledger.ClaimShard("000001-a", "host b", Minute)!;

        Assert.IsFalse(ledger.RenewShard(first, Minute));
        Assert.IsFalse(ledger.CompleteShard(first));
        ledger.FailShard(first, "too late");
        Assert.AreEqual(new ShardState("000001-a", "materialize", "0", "taken", "host b", 2, null), ledger.Shards("000001-a").Single());
        Assert.IsTrue(ledger.CompleteShard(second));
        Assert.IsNull(ledger.ClaimShard("000001-a", "host c", Minute));
    }

    [TestMethod]
    public void A_failed_shard_waits_behind_untried_ones_and_keeps_its_reason()
    {
        var ledger = Open();
        ledger.PostShards("000001-a", "materialize", ["0", "1"]);
        ledger.FailShard(ledger.ClaimShard("000001-a", "host a", Minute)!, "disk full");

        Assert.AreEqual(new ShardState("000001-a", "materialize", "0", "open", null, 1, "disk full"), ledger.Shards("000001-a")[0]);
        Assert.AreEqual("1", ledger.ClaimShard("000001-a", "host a", Minute)!.Shard);
        var again = ledger.ClaimShard("000001-a", "host a", Minute)!;
        Assert.AreEqual("0", again.Shard);
        Assert.IsTrue(ledger.CompleteShard(again));
    }

    [TestMethod]
    public void Shards_that_nobody_did_are_withdrawn_by_the_stores_writer_alone()
    {
        var ledger = Open();
        var former = ledger.TryAcquire("store", "host a", Minute)!;
        ledger.Release(former);
        var writer = ledger.TryAcquire("store", "host b", Minute)!;
        foreach (string run in (string[])["000001-a", "000002-b"])
        {
            ledger.PostShards(run, "materialize", ["0", "1", "2"]);
            Assert.IsTrue(ledger.CompleteShard(ledger.ClaimShard(run, "worker", Minute)!));
            ledger.ClaimShard(run, "worker", Minute);
        }

        ledger.WithdrawShards(former);
        Assert.AreEqual(3, ledger.Shards("000001-a").Count, "its lease is another's");
        ledger.WithdrawShards(writer);

        foreach (string run in (string[])["000001-a", "000002-b"])
            Assert.AreEqual("0", ledger.Shards(run).Single().Shard, "what is done stays for the run that goes on with it");
        Assert.IsNull(ledger.ClaimShard("000001-a", "worker", Minute));
        ledger.PostShards("000002-b", "materialize", ["0", "1", "2"]);
        CollectionAssert.AreEqual((int[])[1, 0, 0], ledger.Shards("000002-b").Select(s => s.Attempts).ToArray(), "tries begin again");
    }

    [TestMethod]
    public void Requests_of_runs_are_found_by_run_and_by_schedule()
    {
        var ledger = Open();
        var first = new LedgerRequest(
            "000001-a", "nightly", new Dictionary<string, string> { ["Diversify:Lambda"] = "0.3", ["from"] = "train" }, "schedule", "night");
        ledger.Save(first);
        var again = first with { Node = "host a", JobId = "17", Policy = "{}", RequestedBy = "anna" };
        ledger.Save(again);
        ledger.Save(first with { Id = "000002-b" });
        ledger.Save(first with { Id = "000003-c", Schedule = null });
        ledger.Save(first with { Id = "waits", Waits = true });

        var read = Open().Request("000001-a")!;
        Assert.AreEqual(again with { Parameters = read.Parameters }, read);
        CollectionAssert.AreEquivalent(again.Parameters.ToArray(), read.Parameters.ToArray());
        Assert.AreEqual("000002-b", Open().NewestRequest("night")!.Id);
        Assert.IsNull(Open().NewestRequest("day"));
        Assert.IsNull(Open().Request("000004-d"));
    }

    [TestMethod]
    public void Requests_that_wait_are_taken_once_by_hosts_that_ask_at_once()
    {
        var ledger = Open();
        for (int i = 0; i < 20; i++) ledger.Save(new LedgerRequest($"w{i:D2}", "prune", new Dictionary<string, string>(), "anna", Waits: true));
        ledger.Save(new LedgerRequest("000001-a", "prune", new Dictionary<string, string>(), "anna"));
        var ledgers = Enumerable.Range(0, 4).Select(_ => Open()).ToArray();
        var taken = ledgers.AsParallel().WithDegreeOfParallelism(4).SelectMany(l => l.TakeWaiting()).ToList();

        CollectionAssert.AreEquivalent(Enumerable.Range(0, 20).Select(i => $"w{i:D2}").ToArray(), taken.Select(r => r.Id).ToArray());
        Assert.IsNotNull(Open().Request("000001-a"));
    }

    [TestMethod]
    public void What_is_accounted_for_of_a_schedule_is_replaced()
    {
        var ledger = Open();
        Assert.IsNull(ledger.Schedule("night"));
        ledger.Save(new LedgerSchedule("night", null, null, Noon));
        var noted = new LedgerSchedule("night", "30 2 * * *", "Europe/Berlin", Noon.AddDays(1));
        ledger.Save(noted);
        Assert.AreEqual(noted, Open().Schedule("night"));
    }

    [TestMethod]
    public void A_claim_of_withdrawn_shards_is_void_once_they_are_posted_again()
    {
        var ledger = Open();
        ledger.PostShards("000001-a", "materialize", ["0"]);
        ledger.PostShards("000002-b", "materialize", ["0"]);
        var old = ledger.ClaimShard("000001-a", "host a", Minute)!;
        ledger.ClearShards("000001-a");
        Assert.IsFalse(ledger.CompleteShard(old));
        ledger.PostShards("000001-a", "materialize", ["0"]);
        var now = ledger.ClaimShard("000001-a", "host b", Minute)!;

        Assert.IsFalse(ledger.CompleteShard(old));
        Assert.IsTrue(ledger.CompleteShard(now));
        Assert.AreEqual("open", ledger.Shards("000002-b").Single().State);
    }

    [TestMethod]
    public void Progress_is_one_row_a_stage()
    {
        var ledger = Open();
        ledger.SaveProgress(new LedgerProgress("000001-a", "train", "als", 1, 15, "iterations", 0.5, Noon));
        var last = new LedgerProgress("000001-a", "train", "als", 9, 15, "iterations", 1.5, Noon.AddSeconds(9));
        ledger.SaveProgress(last);

        Assert.AreEqual(last, Open().Progress("000001-a").Single());
        Assert.AreEqual(0, Open().Progress("000002-b").Count);
    }

    [TestMethod]
    public void A_log_is_numbered_in_order_even_where_many_write_to_it()
    {
        var ledgers = Enumerable.Range(0, 4).Select(_ => Open()).ToArray();
        ledgers.AsParallel().WithDegreeOfParallelism(4).ForAll(l =>
        {
            for (int i = 0; i < 5; i++)
                l.AppendLog("000001-a", [new LedgerLogLine(0, Noon, "info", "train", "one\t'quoted'"), new LedgerLogLine(0, Noon, "error", "train", "two")]);
        });

        var all = Open().Log("000001-a", 0, 1000);
        CollectionAssert.AreEqual(Enumerable.Range(1, 40).Select(n => (long)n).ToArray(), all.Select(l => l.Number).ToArray());
        Assert.AreEqual(new LedgerLogLine(1, Noon, "info", "train", "one\t'quoted'"), all[0]);
        CollectionAssert.AreEqual(new[] { 39L, 40L }, Open().Log("000001-a", 38, 1000).Select(l => l.Number).ToArray());
        Assert.AreEqual(3, Open().Log("000001-a", 0, 3).Count);
        Assert.AreEqual(0, Open().Log("000002-b", 0, 3).Count);
    }

    [TestMethod]
    public void The_end_of_a_log_is_its_last_lines_in_order()
    {
        var ledger = Open();
        ledger.AppendLog("000001-a", [.. Enumerable.Range(1, 9).Select(n => new LedgerLogLine(0, Noon, "info", "train", $"line {n}"))]);

        CollectionAssert.AreEqual(new[] { "line 8", "line 9" }, Open().LogEnd("000001-a", 2).Select(l => l.Text).ToArray());
        Assert.AreEqual(9, Open().LogEnd("000001-a", 100).Count);
        Assert.AreEqual(0, Open().LogEnd("000002-b", 100).Count);
    }

    [TestMethod]
    public void What_is_older_than_it_is_kept_goes_and_what_others_rely_on_stays()
    {
        var ledger = Open();
        var old = Noon.AddDays(-1);
        ledger.AppendLog("000001-a", [.. Enumerable.Repeat(new LedgerLogLine(0, old, "info", "train", "old"), 4_500)]);
        ledger.AppendLog("000001-a", [new LedgerLogLine(0, Noon, "info", "train", "new")]);
        ledger.SaveProgress(new LedgerProgress("000001-a", "train", "als", 1, 1, "iterations", 1, old));
        ledger.SaveProgress(new LedgerProgress("000002-b", "train", "als", 1, 1, "iterations", 1, old));
        ledger.SaveProgress(new LedgerProgress("000002-b", "materialize", "lists", 1, 1, "users", 1, Noon));
        ledger.PostShards("000001-a", "materialize", ["0", "1"]);
        ledger.PostShards("000002-b", "materialize", ["0"]);
        ledger.Save(new LedgerRequest("000001-a", "nightly", new Dictionary<string, string>(), "schedule"));
        ledger.Save(new LedgerAlert("told", old, "failure", "t", "x", null, true, null));
        ledger.Save(new LedgerAlert("in vain", old, "failure", "t", "x", null, false, "no answer"));
        ledger.Save(new LedgerAlert("to be told", old, "failure", "t", "x", null, false, null));
        ledger.Save(new LedgerAlert("new", Noon, "failure", "t", "x", null, true, null));

        // Logs 4,500, progress 2, shards 2, alerts 2.
        Assert.AreEqual(4_506, ledger.Prune(Noon));

        Assert.AreEqual("new", ledger.Log("000001-a", 0, 10).Single().Text);
        Assert.AreEqual(4_501, ledger.Log("000001-a", 0, 10).Single().Number, "what is left keeps its number");
        Assert.AreEqual(0, ledger.Progress("000001-a").Count);
        Assert.AreEqual("materialize", ledger.Progress("000002-b").Single().Stage);
        Assert.AreEqual(0, ledger.Shards("000001-a").Count);
        Assert.AreEqual(1, ledger.Shards("000002-b").Count);
        Assert.IsNotNull(ledger.Request("000001-a"), "runs stay, and what they were asked for with");
        CollectionAssert.AreEquivalent(new[] { "to be told", "new" }, ledger.Alerts(100).Select(a => a.Id).ToArray());
        Assert.AreEqual(0, ledger.Prune(Noon));
    }

    [TestMethod]
    public void Spent_leases_of_sessions_go_and_the_writers_token_never_starts_again()
    {
        var ledger = Open();
        foreach (string name in (string[])["signed-out:s", "store", "paused:night"]) ledger.TryAcquire(name, "host a", Minute);
        ledger.TryAcquire("signed-out:t", "host b", TimeSpan.FromDays(36_500));
        Pass(TimeSpan.FromHours(1));

        Assert.AreEqual(1, ledger.Prune(Clock));

        Assert.IsNull(ledger.Lease("signed-out:s"));
        Assert.IsNotNull(ledger.Lease("paused:night"));
        Assert.IsTrue(ledger.Lease("signed-out:t")!.Held);
        Assert.AreEqual(2, ledger.TryAcquire("store", "host b", Minute)!.Token);
    }

    [TestMethod]
    public void What_people_and_files_are_called_may_hold_any_character()
    {
        var ledger = Open();
        string odd = "o'neil\";DROP TABLE \0 \ud800 ␀ é😀";
        ledger.Save(new LedgerRequest(odd, "nightly", new Dictionary<string, string> { [odd] = odd }, odd, odd, odd, odd, odd));
        ledger.AppendLog("000001-a", [new LedgerLogLine(0, Noon, "info", "train", odd)]);

        Assert.AreEqual("o'neil\";DROP TABLE", Open().Request(odd)!.RequestedBy[..18]);
        StringAssert.EndsWith(Open().Log("000001-a", 0, 1).Single().Text, "é😀");
        Assert.IsNotNull(Open().TryAcquire(odd, odd, Minute));
    }

    [TestMethod]
    public void Alerts_come_newest_first_and_their_delivery_is_noted()
    {
        var ledger = Open();
        var alert = new LedgerAlert("a1", Noon, "failure", "Night failed", "disk full", "000001-a", false, null);
        ledger.Save(alert);
        ledger.Save(alert with { Id = "a2", Raised = Noon.AddMinutes(1), RunId = null });
        ledger.Save(alert with { Delivered = true, DeliveryMessage = "200" });

        CollectionAssert.AreEqual(new[] { "a2", "a1" }, Open().Alerts(10).Select(a => a.Id).ToArray());
        Assert.AreEqual(alert with { Delivered = true, DeliveryMessage = "200" }, Open().Alerts(10)[1]);
    }
}

[TestClass]
internal sealed class SqliteOperationsLedgerTests : OperationsLedgerContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FixedTime _time = new();

    public void Dispose() => _folder.Dispose();

    protected override OperationsLedger Open() => new OperationsLedger(new SqliteDatabase(_folder.File("recsys.db")), _time);

    protected override DateTimeOffset Clock => _time.Now;

    protected override void Pass(TimeSpan time) => _time.Now += time;
}

[TestClass]
internal sealed class PostgresOperationsLedgerTests : OperationsLedgerContract, IDisposable
{
    private readonly PostgresDatabase _database = new(PostgresServer.Connection, PostgresServer.NewSchema());

    public void Dispose() => _database.Dispose();

    protected override OperationsLedger Open() => new OperationsLedger(_database, TimeProvider.System);

    protected override DateTimeOffset Clock => TimeProvider.System.GetUtcNow();

    /// <summary>The server's clock cannot be moved, so what it is compared with moves the other way.</summary>
    protected override void Pass(TimeSpan time)
    {
        using var connection = _database.Open();
        connection.Execute("UPDATE leases SET expires = expires - @time; UPDATE run_shards SET expires = expires - @time", new { time });
    }
}
