using System.Net;
using System.Text.RegularExpressions;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>One address of every kind of page that there is something to show on.</summary>
internal static class PageAddresses
{
    public static bool IsForOperators(string address) => address.Split('?')[0] is "/runs/start" or "/versions/rollback" or "/versions/prune";

    public static async Task<IReadOnlyList<string>> Of(PageHost host, Visitor oper)
    {
        var runs = host.Ledger.Runs(20);
        string found = WebUtility.HtmlDecode(Regex.Match(await oper.Page("/lists"), "href=\"(/lists/customer\\?who=[^\"]+)\"").Groups[1].Value);
        string item = WebUtility.HtmlDecode(Regex.Match(await oper.Page("/lists"), "href=\"(/lists/item\\?id=[^\"]+)\"").Groups[1].Value);
        string asked = host.Scheduler.Trigger(
            new Jobs.Scheduling.JobOrder("nightly", new() { ["Runs:Seed"] = HostileShop.Script }), HostileShop.Picture);
        return
        [
            "/", "/nights", $"/nights/compare?night={runs[0].RunId}&beside={runs[^1].RunId}", "/runs",
            .. runs.Where(r => r.State != Pipeline.Runs.RunState.Running).Take(3).Select(r => $"/runs/{r.RunId}"), "/runs/start", $"/runs/asked/{asked}",
            "/quality", "/quality?check=data%2Fdata.quarantine_share", "/quality/quarantine", "/balance", "/lists", "/lists?q=item", found, item, "/places",
            "/versions", $"/versions/{host.Store.Current}",
            $"/versions/{host.Store.Current}/changes", "/versions/rollback", "/versions/prune", "/versions/prune?keep=1", "/schedules",
            "/hosts", "/audit", "/audit?act=triggered", "/runs?job=nightly&state=Refused&from=2020-01-01&to=2999-01-01", $"/runs/{runs[0].RunId}/log?level=1",
        ];
    }
}
