using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs;

/// <summary>Section <c>Runs</c>: what rules every stage alike.</summary>
internal sealed class RunsOptions : IStageOptions
{
    /// <summary>Worker threads of every stage, 0 to 1,024; 0 takes all processors. Results do not depend on it.</summary>
    public int Threads { get; set; }

    /// <summary>Source of all randomness, any whole number from 0; part of every stage's hash.</summary>
    public ulong Seed { get; set; } = 42;

    /// <summary>Run folders kept on disk, 2 to 1,000; those that a kept run reuses artifacts of stay too. The ledger keeps all runs.</summary>
    public int Keep { get; set; } = 7;

    /// <summary>
    /// Days for which the ledger keeps logs and progress of runs, alerts and spent leases: 91 (longer than any alert's cause is looked at) to 36,500, or 0 for
    /// ever. What is older goes after a night that finished, and with <c>prune</c>. Runs with their stages, metrics and checks stay.
    /// </summary>
    public int KeepDays { get; set; } = 180;

    /// <summary>
    /// Parts into which materialize is split for workers on other hosts, 0 to 10,000; 0 and 1 make all lists on the host that runs the night, and so does
    /// <c>Scheduler:Store = Memory</c>. The lists do not depend on it. The output folder has to be a path that all hosts share.
    /// </summary>
    public int Shards { get; set; }

    /// <summary>
    /// Term of the store's lease and of a worker's claim on a shard, a second to an hour: after so long without a heartbeat another host takes over.
    /// </summary>
    public TimeSpan LeaseTerm { get; set; } = TimeSpan.FromSeconds(30);

    public int EffectiveThreads => Threads > 0 ? Threads : Environment.ProcessorCount;

    public void Validate(OptionsCheck check) => check.InRange(Threads, 0, 1024)
        .InRange(Keep, 2, 1000)
        .Require(KeepDays is 0 or >= 91 and <= 36_500, KeepDays, "a number from 91 to 36500, or 0")
        .InRange(Shards, 0, 10_000)
        .Require(LeaseTerm >= TimeSpan.FromSeconds(1) && LeaseTerm <= TimeSpan.FromHours(1), LeaseTerm, "a duration from 00:00:01 to 01:00:00");
}
