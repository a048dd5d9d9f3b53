using System.Collections.Concurrent;

namespace Recsys.Batch.Jobs.Scheduling.Executions;

/// <summary>
/// What this host has asked its engine to deliver and what it is at work on. An execution that waits on this host in the ledger and is not here has been forgotten, by an engine that failed or by the
/// process that had this host's name before: <see cref="Patrol"/> asks for it again.
/// </summary>
internal sealed partial class Outbox(IScheduleEngine engine, ILogger logger)
{
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _atWork = new(StringComparer.Ordinal);

    public IEnumerable<string> Asked => _asked.Keys;

    /// <summary>Before its row is written: whoever sees the row sees that it is looked after.</summary>
    public void Promise(string executionId) => _asked[executionId] = true;

    public void Forget(string executionId) => _asked.TryRemove(executionId, out _);

    public bool Expects(string executionId) => _asked.ContainsKey(executionId) || _atWork.ContainsKey(executionId);

    /// <summary>Has the engine deliver it after a wait. Where the engine fails, the ledger's row stays as it is, and the next look finds it.</summary>
    public async Task EnqueueAsync(string executionId, TimeSpan delay)
    {
        Promise(executionId);
        try
        {
            await engine.EnqueueAsync(executionId, delay).ConfigureAwait(false);
        }
#pragma warning disable CA1031 // A queue may fail in any way; that the execution waits is written down, and it is asked for again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Forget(executionId);
            LogNotEnqueued(e, executionId);
        }
    }

    public async Task<Delivered> ReceiveAsync(string executionId, Func<Task<Delivered>> work)
    {
        _atWork.AddOrUpdate(executionId, 1, (_, deliveries) => deliveries + 1);
        Forget(executionId);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            if (_atWork.AddOrUpdate(executionId, 0, (_, deliveries) => deliveries - 1) <= 0) _atWork.TryRemove(new KeyValuePair<string, int>(executionId, 0));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Execution {Execution} could not be enqueued and is tried again")]
    private partial void LogNotEnqueued(Exception fault, string execution);
}
