using Recsys.Batch.Jobs.Tests.Console;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;

namespace Recsys.Batch.Browser.Tests;

/// <summary>
/// A month of nights as operators meet them, in pictures and under the audit of every page: <c>RECSYS_SCREENSHOTS=FOLDER dotnet test Tests/Browser.Tests -c
/// Release --filter Month_of_nights</c>.
/// </summary>
[TestClass]
internal sealed class NightPicturesTests
{
    private static readonly (int Night, RunState State)[] Odd = [(9, RunState.Failed), (17, RunState.Refused), (28, RunState.Refused)];

    [TestMethod]
    [DataRow(1440, false)]
    [DataRow(1440, true)]
    [DataRow(390, false)]
    [DataRow(390, true)]
    public async Task Month_of_nights_reads_well_at_every_width(int width, bool dark)
    {
        if (Browser.Installed is null) throw new AssertInconclusiveException("no Chromium is installed; on Debian: apt-get install chromium");
        string folder = Directory.CreateTempSubdirectory("recsys-month-").FullName;
        await using (var host = await PageHost.Start(folder))
        {
            var (one, other, refused) = Seed(host);
            await using var tab = await Browser.OpenTab(width, width < 600 ? 844 : 900, dark);
            var faults = new List<string>();
            foreach (var (name, address) in ((string, string)[])[
                ("overview", "/"), ("nights", "/nights"), ("compare", $"/nights/compare?night={other}&beside={one}"), ("refused", $"/runs/{refused}"),
                ("runs", "/runs"), ("quality", "/quality")])
            {
                await tab.Page.GotoAsync(host.Address + address);
                await tab.Picture($"month-{name}-{width}{(dark ? "-dark" : "")}");
                faults.AddRange((await PageAudit.Of(tab.Page)).Concat(await Axe.Of(tab.Page)).Take(4).Select(f => $"{address}: {f}"));
            }
            faults.AddRange(tab.Complaints);
            Assert.AreEqual(0, faults.Count, string.Join(Environment.NewLine, faults));
        }
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Thirty nights, of which one failed, two were refused and one never began; the newest version was rolled back.</summary>
    private static (string One, string Other, string Refused) Seed(PageHost host)
    {
        var nights = new SeededNights(host.Ledger, host.Store);
        var now = TimeProvider.System.GetUtcNow();
        string[] ids = new string[31];
        for (int night = 1; night <= 30; night++)
        {
            var state = Odd.FirstOrDefault(o => o.Night == night) is { Night: > 0 } odd ? odd.State : RunState.Finished;
            ids[night] = nights.Add(
                night, now.AddDays(night - 30).AddHours(-7), 0.15 + 0.012 * Math.Sin(night * 1.7) + night * 0.0004, state, users: 12,
                pace: 1 + 0.25 * Math.Sin(night * 0.9) + (night == 22 ? 0.8 : 0));
        }
        host.Operations.Append(new AuditEntry("schedule", AuditActs.FailedStart, "nightly", "logs/2026-11-29.parquet: the file does not exist", "host-a", "7"));
        host.Store.Switch("v29", isRollback: true);
        host.Operations.Append(new AuditEntry("olga", AuditActs.RolledBack, "v29", "from v30"));
        host.Operations.Save(new LedgerAlert("a", now.AddHours(-60), "refused", "A gate refused nightly", "lists gate refused: coverage", ids[28], true, null));
        return (ids[29], ids[30], ids[28]);
    }
}
