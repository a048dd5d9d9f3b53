using System.Net;
using System.Text;
using Hangfire.Dashboard;

namespace Recsys.Batch.Jobs.Scheduling.Dashboard;

/// <summary>On a job's page: what was asked for, and the console's page of its run.</summary>
internal static class RunOfJob
{
    public static NonEscapedString Render(JobDetailsRendererDto page)
    {
        var services = page.Page.Context.GetHttpContext().RequestServices;
        if (services.GetService<HangfireClient>() is not { } hangfire || new JobReader(hangfire.Storage).Find(page.JobId) is not { } job) return new NonEscapedString("");
        var html = new StringBuilder("<h3>Run</h3><p id=\"recsys-run\">");
        html.Append(job.RunId is { } run ? Link($"/runs/{Uri.EscapeDataString(run)}", $"Run {run}") : Link($"/runs/asked/{Uri.EscapeDataString(job.Id)}", "No run yet"));
        html.Append(WebUtility.HtmlEncode($": {job.Order}, asked by {job.RequestedBy}, attempt {job.Attempt} of {job.Order.Retries + 1}{(job.Message is { } said ? $". {said}" : "")}")).Append("</p>");
        return new NonEscapedString(html.ToString());
    }

    private static string Link(string address, string words) => $"<a href=\"{WebUtility.HtmlEncode(address)}\">{WebUtility.HtmlEncode(words)}</a>";
}
