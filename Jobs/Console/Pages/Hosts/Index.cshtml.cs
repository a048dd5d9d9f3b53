using Microsoft.AspNetCore.Mvc.RazorPages;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Runs.Leases;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console.Pages.Hosts;

/// <summary>Which hosts are up, which of them writes, and what was taken over from one that was lost.</summary>
internal sealed class IndexModel(IJobScheduler scheduler, OperationsLedger operations, ConsoleContext surface) : PageModel
{
    /// <summary>Hangfire's servers give a sign of life every half a minute.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(75);

    private const int Shown = 20;

    /// <summary>Hosts with what they take, by name.</summary>
    public IReadOnlyList<(string Node, HostFacts[] Servers)> Hosts { get; private set; } = [];

    /// <summary>Who writes to the output store at this moment; null where nobody does.</summary>
    public WriterInfo? Writer { get; private set; }

    public IReadOnlyList<AuditEntry> TakenOver { get; private set; } = [];

    public void OnGet()
    {
        Hosts = [.. scheduler.Hosts().GroupBy(h => h.Node, StringComparer.Ordinal).Select(g => (g.Key, g.ToArray()))];
        Writer = operations.Lease(StoreLease.Name) is { Held: true } lease ? WriterInfo.Parse(lease.Holder) : null;
        TakenOver = operations.Audit(Shown, AuditActs.TookOver);
    }

    public Mark MarkOf(HostFacts[] servers) => servers.Max(s => s.Heartbeat) is { } beat && surface.Now - beat < Late
        ? new Mark("ok", "Up", "ok")
        : servers.Max(s => s.Started) is var began && surface.Now - began < Late ? new Mark("ok", "Starting", "ok")
        : new Mark("failed", "No sign of life", "bad");
}
