using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Scheduling;

/// <summary>The operations ledger in memory, shared by the hosts of one test.</summary>
internal sealed class MemoryOperations(TimeProvider time) : IOperationsLedger
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LeaseState> _leases = [];
    private readonly Dictionary<string, (LedgerExecution Row, long Number)> _executions = [];
    private readonly Dictionary<string, string> _cancels = [];
    private readonly List<(string RunId, LedgerLogLine Line)> _log = [];

    public LeaseGrant? TryAcquire(string name, string holder, TimeSpan term)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var before = _leases.GetValueOrDefault(name);
            if (before is not null && before.Expires > now) return null;
            long token = (before?.Token ?? 0) + 1;
            _leases[name] = new LeaseState(name, holder, token, now + term, true);
            return new LeaseGrant(name, holder, token);
        }
    }

    public bool Renew(LeaseGrant grant, TimeSpan term)
    {
        lock (_gate)
        {
            if (_leases[grant.Name].Token != grant.Token) return false;
            _leases[grant.Name] = _leases[grant.Name] with { Expires = time.GetUtcNow() + term };
            return true;
        }
    }

    public void Release(LeaseGrant grant)
    {
        lock (_gate)
            if (_leases[grant.Name].Token == grant.Token) _leases[grant.Name] = _leases[grant.Name] with { Expires = time.GetUtcNow(), Token = grant.Token + 1 };
    }

    public LeaseState? Lease(string name)
    {
        lock (_gate) return _leases.GetValueOrDefault(name) is { } found ? found with { Held = found.Expires > time.GetUtcNow() } : null;
    }

    public void Save(LedgerExecution execution)
    {
        lock (_gate) _executions[execution.Id] = (execution, _executions.TryGetValue(execution.Id, out var known) ? known.Number : _executions.Count);
    }

    public LedgerExecution? Execution(string id)
    {
        lock (_gate) return _executions.GetValueOrDefault(id).Row;
    }

    public IReadOnlyList<LedgerExecution> Executions(int limit)
    {
        lock (_gate) return [.. _executions.Values.OrderByDescending(e => e.Number).Take(limit).Select(e => e.Row)];
    }

    public IReadOnlyList<LedgerExecution> Unfinished()
    {
        lock (_gate) return [.. _executions.Values.OrderBy(e => e.Number).Select(e => e.Row).Where(e => e.State is ExecutionState.Queued or ExecutionState.Running)];
    }

    public string? LastServed(string schedule)
    {
        lock (_gate) return _executions.Keys.Where(id => id.StartsWith(schedule + "@", StringComparison.Ordinal)).Max(StringComparer.Ordinal);
    }

    public bool RequestCancel(string id, string by)
    {
        lock (_gate)
        {
            if (_executions.GetValueOrDefault(id).Row is not { State: ExecutionState.Queued or ExecutionState.Running }) return false;
            _cancels[id] = by;
            return true;
        }
    }

    public string? CancelRequestedBy(string id)
    {
        lock (_gate) return _cancels.GetValueOrDefault(id);
    }

    public void AppendLog(string runId, IReadOnlyList<LedgerLogLine> lines)
    {
        lock (_gate) _log.AddRange(lines.Select(l => (runId, l)));
    }

    public IReadOnlyList<LedgerLogLine> Log(string runId, long after, int limit)
    {
        lock (_gate) return [.. _log.Where(l => l.RunId == runId).Select((l, i) => l.Line with { Number = i + 1 }).Where(l => l.Number > after).Take(limit)];
    }

    public void SaveProgress(LedgerProgress progress)
    {
    }

    public IReadOnlyList<LedgerProgress> Progress(string runId) => [];

    public void PostShards(string runId, string stage, IReadOnlyList<string> shards) => throw new NotSupportedException();

    public ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null) => null;

    public bool RenewShard(ShardClaim claim, TimeSpan term) => throw new NotSupportedException();

    public bool CompleteShard(ShardClaim claim) => throw new NotSupportedException();

    public void FailShard(ShardClaim claim, string message) => throw new NotSupportedException();

    public IReadOnlyList<ShardState> Shards(string runId) => [];

    public void WithdrawShards(LeaseGrant writer)
    {
    }

    public void ClearShards(string runId) => throw new NotSupportedException();

    public void Save(LedgerAlert alert) => throw new NotSupportedException();

    public IReadOnlyList<LedgerAlert> Alerts(int limit) => [];

    public IReadOnlyList<LedgerLogLine> LogEnd(string runId, int limit) => throw new NotSupportedException();

    public long Prune(DateTimeOffset before) => throw new NotSupportedException();
}
