using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Recsys.Batch.Jobs.Access;
using Recsys.Batch.Jobs.Console;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>What changed between nights, and what can be taken along: over a shop whose every text is an attack.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ChangesTests
{
    private static HostileShop s_shop = null!;
    private static PageHost s_host = null!;

    [ClassInitialize]
    public static async Task Open(TestContext _)
    {
        s_shop = await HostileShop.Open();
        s_host = await PageHost.Start(s_shop.Output);
    }

    [ClassCleanup]
    public static async Task Close()
    {
        await s_host.DisposeAsync();
        s_shop.Dispose();
    }

    private static string After => s_host.Store.Current!;

    private static string Before => s_host.Store.Versions().First(v => v.IsComplete && v.Version != After).Version;

    private static readonly Pseudonyms Names = new(new UserHash(new byte[32]));

    [TestMethod]
    public async Task Page_counts_what_the_two_versions_lists_say()
    {
        using var viewer = new Visitor(s_host.Address, "Viewer");
        string page = WebUtility.HtmlDecode(await viewer.Page($"/versions/{After}/changes"));
        var (was, now) = (Lists(Before), Lists(After));
        double churn = 1 - was.Average(l => l.Value.Intersect(now[l.Key]).Count() / (double)l.Value.Count);

        StringAssert.Contains(page, $"{100 * churn:0.0}%<small>churn, mean over 40 customers");
        string[] came = [.. now.SelectMany(l => l.Value).Except(was.SelectMany(l => l.Value))];
        string[] went = [.. was.SelectMany(l => l.Value).Except(now.SelectMany(l => l.Value))];
        StringAssert.Contains(page, $"{came.Length} came, {went.Length} went");
        int least = was.Min(l => l.Value.Intersect(now[l.Key]).Count());
        string first = Regex.Match(page, @"<span class=""soft"">(\d of 5 stay)</span>").Groups[1].Value;
        Assert.AreEqual($"{least} of 5 stay", first, "the most changed list is first");
        Assert.AreEqual(10, Regex.Count(page, @"<details class=""sample"""));
        Assert.IsFalse(was.Keys.Any(u => Regex.IsMatch(page, $@">\s*{Regex.Escape(u)}\s*<")), "customers are pseudonyms");
    }

    [TestMethod]
    [DataRow("Viewer")]
    [DataRow("Operator")]
    public async Task Lists_come_as_csv_and_parquet_with_pseudonyms(string role)
    {
        using var visitor = new Visitor(s_host.Address, role);
        var csv = await visitor.Get($"/versions/{After}/lists.csv");
        var parquet = await visitor.Get($"/versions/{After}/lists.parquet");
        string text = await csv.Content.ReadAsStringAsync();

        Assert.AreEqual($"lists-{After}.csv", csv.Content.Headers.ContentDisposition!.FileName);
        StringAssert.StartsWith(text, "user_id,rank,item_id,title\r\n");
        Assert.AreEqual(1 + Lists(After).Sum(l => l.Value.Count), text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        StringAssert.Contains(text, $"\n{Names.Of("u07")},1,");
        Assert.IsFalse(Regex.IsMatch(text, @"^u\d\d,", RegexOptions.Multiline));
        string file = Path.Combine(s_shop.Folder, role + ".parquet");
        await File.WriteAllBytesAsync(file, await parquet.Content.ReadAsByteArrayAsync());
        var users = ParquetFiles.Reader().Read(file, ["user_id", "rank"], default).SelectMany(b => Texts(b.Column<Utf8Column>("user_id"))).Distinct();
        // In their own order: that of the ids would tell whose they are.
        CollectionAssert.AreEqual(Lists(After).Keys.Select(Names.Of).Order(StringComparer.Ordinal).ToArray(), users.ToArray());
    }

    [TestMethod]
    public async Task Figures_and_quarantine_come_as_files_and_what_is_gone_is_404()
    {
        using var viewer = new Visitor(s_host.Address, "Viewer");
        string run = s_host.Ledger.Runs(1)[0].RunId;
        StringAssert.Contains(await viewer.Page($"/runs/{run}/metrics.csv"), "\r\nevaluate,diversified.new.ndcg@10.low,");
        string quarantine = await viewer.Page($"/runs/{s_host.Ledger.Runs(20)[^1].RunId}/quarantine.csv");
        StringAssert.StartsWith(quarantine, "file,row,reason,column,value\r\n");
        StringAssert.Contains(quarantine, ",null_user,");
        foreach (string address in (string[])[
            "/versions/nothing/lists.csv", "/runs/nothing/metrics.parquet", "/runs/nothing/quarantine.csv", "/versions/x/lists.exe"])
            Assert.AreEqual(HttpStatusCode.NotFound, (await viewer.Get(address)).StatusCode, address);
    }

    [TestMethod]
    [DataRow("=1+1", "'=1+1")]
    [DataRow("@SUM(A1)", "'@SUM(A1)")]
    [DataRow("-2", "'-2")]
    [DataRow("a,\"b\"\nc", "\"a,\"\"b\"\"\nc\"")]
    public void Csv_cells_are_no_formulas_and_stay_one_cell(string text, string cell)
    {
        using var writer = new StringWriter();
        new CsvTable(writer, [new ColumnField("c", ColumnType.Utf8)]).Add(text);

        Assert.AreEqual($"c\r\n{cell}\r\n", writer.ToString());
    }

    private static Dictionary<string, IReadOnlyList<string>> Lists(string version) => s_host.Store.Lists(version).ToDictionary(l => l.UserId, l => l.ItemIds);

    private static IEnumerable<string> Texts(Utf8Column column) => [.. Enumerable.Range(0, column.Count).Select(i => Encoding.UTF8.GetString(column[i]))];
}
