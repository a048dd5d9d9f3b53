namespace Recsys.Batch.Pipeline.Runs.Shards;

/// <summary>Delivers a run's shards to workers of any host. Whose a shard is, the ledger says: a delivery means "take any shard of this run".</summary>
internal interface IShardDispatcher
{
    /// <summary>Delivers as many times as there are shards to make.</summary>
    /// <returns>Takes back, when it is disposed of, what nobody has taken: the run goes on, or has ended.</returns>
    IDisposable Dispatch(string runId, int shards);
}
