using System.Net;
using System.Text;
using Hangfire.Common;
using Hangfire.Dashboard;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.HangfireEngine.Dashboard;

/// <summary>On a job's page: its execution, and the console's page of its run.</summary>
internal static class RunOfJob
{
    public static NonEscapedString Render(JobDetailsRendererDto page)
    {
        var services = page.Page.Context.GetHttpContext().RequestServices;
        var job = page.JobDetails.Job;
        if (job is null || job.Type != typeof(HangfireDelivery) || job.Args is not [string id, ..] || services.GetService<IOperationsLedger>()?.Execution(id) is not { } execution)
            return new NonEscapedString("");
        var html = new StringBuilder("<h3>Run</h3><p id=\"recsys-run\">");
        html.Append(execution.RunId is { } run ? Link($"/runs/{Uri.EscapeDataString(run)}", $"Run {run}") : Link($"/runs/asked/{Uri.EscapeDataString(id)}", "Execution"));
        html.Append(WebUtility.HtmlEncode($": {execution.State.ToString().ToLowerInvariant()}{(execution.Node is { } node ? $" on {node}" : "")}, attempt {execution.Attempt}{(execution.Message is { } said ? $". {said}" : "")}")).Append("</p>");
        if (page.JobDetails.Properties.TryGetValue(ExecutionJobs.AskedAgain, out string? text) && SerializationHelper.Deserialize<string>(text) is { Length: > 0 } again)
        {
            string address = services.GetService<IEngineDashboard>()?.PageOf(again) ?? $"/runs/asked/{Uri.EscapeDataString(again)}";
            html.Append("<p>Asked for again: ").Append(Link(address, again)).Append("</p>");
        }
        return new NonEscapedString(html.ToString());
    }

    private static string Link(string address, string words) => $"<a href=\"{WebUtility.HtmlEncode(address)}\">{WebUtility.HtmlEncode(words)}</a>";
}
