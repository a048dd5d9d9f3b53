using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>The part of the operations ledger that pages read, in memory.</summary>
internal sealed class FakeOperations : IOperationsLedger
{
    private readonly Lock _gate = new();

    public List<LedgerRequest> Requests { get; } = [];

    public List<LedgerProgress> Steps { get; } = [];

    public Dictionary<string, List<LedgerLogLine>> Lines { get; } = [];

    public List<LedgerAlert> Raised { get; } = [];

    public void Save(LedgerRequest request)
    {
        lock (_gate) Requests.Insert(0, request);
    }

    public LedgerRequest? Request(string id)
    {
        lock (_gate) return Requests.FirstOrDefault(r => r.Id == id);
    }

    public LedgerRequest? NewestRequest(string schedule) => throw new NotSupportedException();

    public IReadOnlyList<LedgerRequest> TakeWaiting() => throw new NotSupportedException();

    public LedgerSchedule? Schedule(string name) => throw new NotSupportedException();

    public void Save(LedgerSchedule schedule) => throw new NotSupportedException();

    public void SaveProgress(LedgerProgress progress)
    {
        lock (_gate)
        {
            Steps.RemoveAll(s => s.RunId == progress.RunId && s.Stage == progress.Stage);
            Steps.Add(progress);
        }
    }

    public IReadOnlyList<LedgerProgress> Progress(string runId)
    {
        lock (_gate) return [.. Steps.Where(s => s.RunId == runId)];
    }

    public void AppendLog(string runId, IReadOnlyList<LedgerLogLine> lines)
    {
        lock (_gate)
        {
            if (!Lines.TryGetValue(runId, out var log)) Lines[runId] = log = [];
            log.AddRange(lines.Select((l, i) => l with { Number = log.Count + i + 1 }));
        }
    }

    public IReadOnlyList<LedgerLogLine> Log(string runId, long after, int limit)
    {
        lock (_gate) return Lines.TryGetValue(runId, out var log) ? [.. log.Where(l => l.Number > after).Take(limit)] : [];
    }

    public void Save(LedgerAlert alert) => Raised.Insert(0, alert);

    public IReadOnlyList<LedgerAlert> Alerts(int limit) => [.. Raised.Take(limit)];

    public LeaseGrant? TryAcquire(string name, string holder, TimeSpan term) => throw new NotSupportedException();

    public bool Renew(LeaseGrant grant, TimeSpan term) => throw new NotSupportedException();

    public void Release(LeaseGrant grant) => throw new NotSupportedException();

    public LeaseState? Lease(string name) => null;

    public void PostShards(string runId, string stage, IReadOnlyList<string> shards) => throw new NotSupportedException();

    public ShardClaim? ClaimShard(string holder, TimeSpan term, string? runId = null) => throw new NotSupportedException();

    public bool RenewShard(ShardClaim claim, TimeSpan term) => throw new NotSupportedException();

    public bool CompleteShard(ShardClaim claim) => throw new NotSupportedException();

    public void FailShard(ShardClaim claim, string message) => throw new NotSupportedException();

    public IReadOnlyList<ShardState> Shards(string runId) => [];

    public void WithdrawShards(LeaseGrant writer)
    {
    }

    public void ClearShards(string runId) => throw new NotSupportedException();

    public IReadOnlyList<LedgerLogLine> LogEnd(string runId, int limit)
    {
        lock (_gate) return Lines.TryGetValue(runId, out var log) ? [.. log.TakeLast(limit)] : [];
    }

    public long Prune(DateTimeOffset before) => throw new NotSupportedException();
}
