using System.Globalization;
using System.Net;
using System.Text;
using Hangfire.Dashboard;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Scheduling.Dashboard;

/// <summary>On a job's page: what was asked for, how far its run is, who makes its shards, and the console's page of the run.</summary>
internal static class RunOfJob
{
    /// <summary>The same as the page shows, for its script to ask for again and again.</summary>
    public const string Route = "/recsys/run/(?<JobId>.+)";

    public static NonEscapedString Render(JobDetailsRendererDto page)
    {
        string html = Html(page.JobId, page.Page.Context.GetHttpContext().RequestServices);
        return new NonEscapedString(
            html.Length == 0
                ? ""
                : $"<h3>Run</h3><div id=\"recsys-run\" data-live=\"{HangfireDashboard.Path}/recsys/run/{WebUtility.HtmlEncode(page.JobId)}\">{html}</div>");
    }

    /// <returns>Empty for jobs of another kind.</returns>
    public static string Html(string jobId, IServiceProvider services)
    {
        if (services.GetService<HangfireClient>() is not { } hangfire || services.GetService<OperationsLedger>() is not { } ledger) return "";
        var reader = new JobReader(hangfire.Storage);
        if (reader.RunOfShard(jobId) is { } shared)
        {
            string of = ledger.Request(shared)?.JobId is { } parent ? $", {Link($"{HangfireDashboard.Path}/jobs/details/{parent}", "job " + parent)}" : "";
            return $"<p>A shard of {RunLink(shared)}{of}</p>{Shards(shared, ledger)}";
        }
        if (reader.Find(jobId) is not { } job) return "";
        var html = new StringBuilder("<p>").Append(job.RunId is { } run ? RunLink(run) : Link($"/runs/asked/{Uri.EscapeDataString(job.Id)}", "No run yet"));
        html.Append(WebUtility.HtmlEncode(
            $": {job.Order}, asked by {job.RequestedBy}, attempt {job.Attempt} of {job.Order.Retries + 1}{(job.Message is { } said ? $". {said}" : "")}"))
            .Append("</p>");
        if (job.RunId is not { } id) return html.ToString();
        if (job.State == JobState.Running && ledger.Progress(id) is [.., var step])
        {
            html.Append(
                CultureInfo.InvariantCulture,
                $"<p>Stage {WebUtility.HtmlEncode(step.Stage)}, "
                + $"{WebUtility.HtmlEncode(step.Step)}: "
                + $"{step.Done:N0}{(step.Total > 0 ? string.Create(CultureInfo.InvariantCulture, $" of {step.Total:N0}") : "")} "
                + $"{WebUtility.HtmlEncode(step.Unit)} <progress max=\"{Math.Max(1, step.Total)}\" value=\"{step.Done}\"></progress></p>");
        }
        return html.Append(Shards(id, ledger)).ToString();
    }

    private static string Shards(string run, OperationsLedger ledger)
    {
        var shards = ledger.Shards(run);
        if (shards.Count == 0) return "";
        string by = string.Join(
            ", ",
            shards.Where(s => s.Holder is not null).CountBy(s => s.Holder!).OrderBy(s => s.Key, StringComparer.Ordinal).Select(s => $"{s.Value} by {s.Key}"));
        return $"<p>{shards.Count(s => s.State == "done")} of {shards.Count} shards are done{(by.Length > 0 ? $": {WebUtility.HtmlEncode(by)}" : "")}</p>";
    }

    private static string RunLink(string run) => Link($"/runs/{Uri.EscapeDataString(run)}", $"Run {run}");

    private static string Link(string address, string words) => $"<a href=\"{WebUtility.HtmlEncode(address)}\">{WebUtility.HtmlEncode(words)}</a>";
}
