using System.Net;
using System.Text.RegularExpressions;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>The console's times are those of the zone in <c>Serve:TimeZone</c>.</summary>
[TestClass]
internal sealed class ZoneTests
{
    // In daylight saving time, late enough that the day is another one in the zone.
    private static readonly DateTimeOffset Ended = new(2026, 7, 1, 23, 10, 0, TimeSpan.Zero);

    [TestMethod]
    public async Task Every_time_of_day_on_the_pages_is_the_configured_zones()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-zone-").FullName;
        await using (var host = await PageHost.Start(folder, zone: "Europe/Berlin"))
        {
            var nights = new SeededNights(host.Ledger, host.Store);
            string one = nights.Add(1, Ended.AddDays(-1), 0.1), refused = nights.Add(2, Ended, 0.2, RunState.Refused);
            host.Operations.AppendLog(refused, [new LedgerLogLine(0, Ended, "info", "materialize", "a line of the log")]);
            host.Operations.Append(new AuditEntry("olga", AuditActs.RolledBack, "v1", "from v2"));
            host.Scheduler.Known["night"] = new() { Job = "nightly", Cron = "30 2 * * *" };
            using var visitor = new Visitor(host.Address, "Operator");
            string all = "";
            foreach (string address in (string[])[
                "/", "/nights", $"/nights/compare?night={refused}&beside={one}", "/runs", $"/runs/{refused}", $"/runs/{refused}/log", "/quality", "/versions",
                "/versions/v1", "/hosts", "/audit"])
            {
                string page = WebUtility.HtmlDecode(await visitor.Page(address));
                StringAssert.Contains(page, "Times in Europe/Berlin", address);
                Assert.AreEqual("", Regex.Match(page, "[^>]{0,40}\\d UTC|\\bUTC\\d").Value, address);
                all += page;
            }
            StringAssert.Contains(all, "2 Jul 2026, 00:07 Europe/Berlin", "the refused night began 63 minutes before its end");
            StringAssert.Contains(all, ">01:10:00</time>");
            StringAssert.Contains(all, "2 Jul · #2");
        }
        Directory.Delete(folder, recursive: true);
    }

    [TestMethod]
    [DataRow("2026-07-02", "2026-07-02", 1)]
    [DataRow("2026-07-01", "2026-07-01", 0)]
    public async Task Runs_are_chosen_by_days_of_the_configured_zone(string from, string to, int expected)
    {
        string folder = Directory.CreateTempSubdirectory("recsys-zone-").FullName;
        await using (var host = await PageHost.Start(folder, zone: "Europe/Berlin"))
        {
            new SeededNights(host.Ledger, host.Store).Add(1, Ended, 0.1);
            using var visitor = new Visitor(host.Address, "Operator");
            Assert.AreEqual(expected, Regex.Count(await visitor.Page($"/runs?from={from}&to={to}"), "<tr id=\"run-"));
        }
        Directory.Delete(folder, recursive: true);
    }
}
