using Microsoft.Net.Http.Headers;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Console.Views;
using Recsys.Batch.Jobs.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Console;

/// <summary>
/// Lists of a version, figures of a run and its quarantined rows as CSV and Parquet, for whoever wants to look further with tools of their own. Customers' ids
/// are what the viewer sees on pages: pseudonyms, unless an operator asked for the raw ones.
/// </summary>
internal static class Downloads
{
    private const int TitlesAtOnce = 500;
    private const int RowsAtOnce = 100_000;

    private static readonly ColumnField[] ListColumns =
        [new("user_id", ColumnType.Utf8), new("rank", ColumnType.Int64), new("item_id", ColumnType.Utf8), new("title", ColumnType.Utf8)];

    private static readonly ColumnField[] MetricColumns = [new("stage", ColumnType.Utf8), new("name", ColumnType.Utf8), new("value", ColumnType.Double)];

    private static readonly ColumnField[] QuarantineColumns =
    [
        new("file", ColumnType.Utf8), new("row", ColumnType.Int64), new("reason", ColumnType.Utf8), new("column", ColumnType.Utf8),
        new("value", ColumnType.Utf8),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/versions/{version}/lists.{kind:regex(^(csv|parquet)$)}", (string version, string kind, HttpContext http, IOutputStore store) =>
            store.Find(version) is { IsComplete: true }
                ? Send(http, $"lists-{version}", kind, ListColumns, table => Lists(http, store, version, table))
                : NotFound(http)).RequireAuthorization(AccessPolicies.Viewer);
        app.MapGet("/runs/{id}/metrics.{kind:regex(^(csv|parquet)$)}", (string id, string kind, HttpContext http, RunArchive runs) =>
            runs.Find(id) is { } run
                ? Send(http, $"metrics-{id}", kind, MetricColumns, table =>
                {
                    foreach (var (key, value) in run.Metrics) table.Add(key.Stage, key.Name, double.IsFinite(value) ? value : null);
                })
                : NotFound(http)).RequireAuthorization(AccessPolicies.Viewer);
        app.MapGet("/runs/{id}/log.txt", (string id, HttpContext http, IRunLedger ledger, OperationsLedger operations) =>
            ledger.Run(id) is { } run ? Log(http, run.RunId, operations) : NotFound(http)).RequireAuthorization(AccessPolicies.Viewer);
        app.MapGet("/runs/{id}/quarantine.{kind:regex(^(csv|parquet)$)}", (string id, string kind, HttpContext http, RunArchive runs, QuarantineFile file) =>
            runs.Find(id) is { } run && file.Read(run, null, null, 0, 1, http.RequestAborted) is not null
                ? Send(http, $"quarantine-{id}", kind, QuarantineColumns, table => Quarantine(file, run, table, http.RequestAborted))
                : NotFound(http)).RequireAuthorization(AccessPolicies.Viewer);
    }

    private static Task Log(HttpContext http, string id, OperationsLedger operations)
    {
        var lines = operations.Log(id, 0, int.MaxValue);
        http.Response.ContentType = "text/plain; charset=utf-8";
        http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"log-{id}.txt" }.ToString();
        return http.Response.WriteAsync(
            string.Concat(lines.Select(l => $"{Format.Machine(l.Time)} {l.Level} {l.Stage}: {SafeText.Line(l.Text)}\n")), http.RequestAborted);
    }

    private static Task NotFound(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static void Lists(HttpContext http, IOutputStore store, string version, ITableFile table)
    {
        var context = http.RequestServices.GetRequiredService<ConsoleContext>();
        // The order of the ids would tell whose pseudonym stands where.
        var lists = context.ShowsRawIds
            ? store.Lists(version)
            : store.UserIds(version).OrderBy(context.Customer, StringComparer.Ordinal)
                .Select(user => (UserId: user, ItemIds: (IReadOnlyList<string>)[.. store.List(user, version).Select(e => e.ItemId)]));
        foreach (var some in lists.Chunk(TitlesAtOnce))
        {
            http.RequestAborted.ThrowIfCancellationRequested();
            var titles = store.Titles(some.SelectMany(l => l.ItemIds).Distinct());
            foreach (var (user, items) in some)
            {
                string shown = context.Customer(user);
                for (int i = 0; i < items.Count; i++) table.Add(shown, (long)i + 1, items[i], titles.GetValueOrDefault(items[i])?.Title);
            }
        }
    }

    private static void Quarantine(QuarantineFile file, RunFacts run, ITableFile table, CancellationToken cancellation)
    {
        for (long at = 0; file.Read(run, null, null, at, RowsAtOnce, cancellation) is { Count: > 0 } rows; at += rows.Count)
            foreach (var r in rows) table.Add(r.File, r.Row, r.Reason, r.Column, r.Value);
    }

    /// <summary>Written to a file first: what fails on the way is an error to the one who asked, and not half a table.</summary>
    private static async Task Send(HttpContext http, string name, string kind, ColumnField[] fields, Action<ITableFile> fill)
    {
        string path = Path.GetTempFileName();
        try
        {
            await Task.Run(() => Fill(path, kind, fields, fill), http.RequestAborted).ConfigureAwait(false);
            http.Response.ContentType = kind == "csv" ? "text/csv; charset=utf-8" : "application/vnd.apache.parquet";
            http.Response.Headers.ContentDisposition = new ContentDispositionHeaderValue("attachment") { FileName = $"{name}.{kind}" }.ToString();
            http.Response.ContentLength = new FileInfo(path).Length;
            await http.Response.SendFileAsync(path, http.RequestAborted).ConfigureAwait(false);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static void Fill(string path, string kind, ColumnField[] fields, Action<ITableFile> fill)
    {
        if (kind == "csv")
        {
            using var writer = new StreamWriter(path);
            fill(new CsvTable(writer, fields));
            return;
        }
        using var table = new ParquetTable(path, fields);
        fill(table);
        table.Complete();
    }
}
