using System.Data.Common;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Jobs.Alerts;

/// <summary>
/// Looks at the ledger every so often and tells what is new in it. Of many hosts only the lease holder sends alerts, so that each cause is sent once.
/// </summary>
internal sealed partial class AlertWatch(
    AlertRules rules, Webhooks webhooks, AlertsOptions options, OperationsLedger operations, HostInfo facts, TimeProvider time,
    ILogger<AlertWatch> log) : BackgroundService
{
    public const string Lease = "alerts";

    private const int Known = 1_000;

    private LeaseGrant? _grant;

    // One alert's delivery with all its tries must fit: nobody else tells in the meantime.
    private TimeSpan Term => options.CheckInterval * 2 + webhooks.Longest + TimeSpan.FromMinutes(1);

    /// <summary>One look: raises what is new, delivers what is not delivered yet.</summary>
    /// <returns>The alerts that were delivered or tried.</returns>
    public async Task<IReadOnlyList<LedgerAlert>> Look(CancellationToken cancellation)
    {
        if (_grant is not null && !operations.Renew(_grant, Term)) _grant = null;
        _grant ??= operations.TryAcquire(Lease, facts.Node, Term);
        if (_grant is null) return [];
        var known = operations.Alerts(Known);
        var ids = known.Select(a => a.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var alert in rules.Due().Where(a => !ids.Contains(a.Id)))
        {
            operations.Save(alert);
            Raised(alert.Kind, alert.Title, alert.Text, Link(alert));
        }
        var told = new List<LedgerAlert>();
        foreach (var alert in operations.Alerts(Known)
            .Where(a => !a.Delivered && a.DeliveryMessage is null)
            .OrderBy(a => a.Raised)
            .ThenBy(a => a.Id, StringComparer.Ordinal))
        {
            string? failure = await webhooks.Deliver(alert, Link(alert), cancellation).ConfigureAwait(false);
            var after = alert with { Delivered = failure is null, DeliveryMessage = failure };
            operations.Save(after);
            if (failure is not null) NotDelivered(alert.Id, failure);
            told.Add(after);
            if (!operations.Renew(_grant, Term)) break;
        }
        return told;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
        if (_grant is { } grant) operations.Release(grant);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CheckInterval, time);
        try
        {
            do
            {
                try
                {
                    await Look(stoppingToken).ConfigureAwait(false);
                }
                catch (Exception e) when (e is DbException or RecsysException or IOException)
                {
                    // The database is away for a while: the next look finds what this one did not.
                    if (DatabaseAway.Is(e)) LookFailed(e);
                    else LookFailed(e.Message);
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    private string Link(LedgerAlert alert) => PublicAddress.Of(facts.Options) + (alert.RunId is { } run ? "/runs/" + Uri.EscapeDataString(run) : "/runs");

    [LoggerMessage(Level = LogLevel.Warning, Message = "Alert ({Kind}): {Title}. {Text} See {Link}")]
    private partial void Raised(string kind, string title, string text, string link);

    [LoggerMessage(Level = LogLevel.Error, Message = "Alert {Id} was not delivered: {Failure}")]
    private partial void NotDelivered(string id, string failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger could not be looked at for alerts: {Why}")]
    private partial void LookFailed(string why);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The ledger could not be looked at for alerts")]
    private partial void LookFailed(Exception fault);
}
