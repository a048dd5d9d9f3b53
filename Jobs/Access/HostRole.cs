namespace Recsys.Batch.Jobs.Access;

/// <summary>What a host does; several hosts over one output folder may share the work.</summary>
internal enum HostRole
{
    /// <summary>Serves console and API.</summary>
    Web,

    /// <summary>Fires schedules and runs jobs.</summary>
    Scheduler,

    /// <summary>Takes shards of other hosts' runs, where <c>Scheduler:Store</c> is <c>PostgreSql</c>.</summary>
    Worker,
}
