using System.Diagnostics;

namespace Recsys.Batch.Jobs.Tests.Console;

/// <summary>Pages over two hundred nights and a hundred thousand lists: none is heavy, and none is waited for once it has been looked at.</summary>
[TestClass]
[DoNotParallelize]
internal sealed class ManyNightsTests
{
    private const int MostBytes = 250 * 1024;
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(300);

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Pages_are_light_and_quick_over_200_nights_and_100_000_lists()
    {
        string folder = Directory.CreateTempSubdirectory("recsys-many-").FullName;
        await using (var host = await PageHost.Start(folder))
        {
            var nights = new SeededNights(host.Ledger, host.Store);
            var now = TimeProvider.System.GetUtcNow();
            string last = "", before = "";
            for (int night = 1; night <= 200; night++)
                (before, last) = (last, nights.Add(night, now.AddDays(night - 200).AddHours(-1), 0.15, changed: night > 198, users: 100_000));
            using var visitor = new Visitor(host.Address, "Operator");
            var faults = new List<string>();
            foreach (string address in (string[])[
                "/", "/nights", $"/nights/compare?night={last}&beside={before}", "/runs", "/runs?skip=160", $"/runs/{last}", "/quality", "/versions",
                "/versions/v200",
                "/versions/v200/changes", "/versions/rollback", "/schedules", "/hosts", "/audit"])
            {
                int bytes = System.Text.Encoding.UTF8.GetByteCount(await visitor.Page(address));
                var best = TimeSpan.MaxValue;
                for (int look = 0; look < 5; look++)
                {
                    long began = Stopwatch.GetTimestamp();
                    await visitor.Page(address);
                    best = TimeSpan.FromTicks(Math.Min(best.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
                }
                TestContext.WriteLine($"{address}: {bytes / 1024} KiB, {best.TotalMilliseconds:0} ms");
                if (bytes > MostBytes || best > Longest) faults.Add($"{address}: {bytes / 1024} KiB, {best.TotalMilliseconds:0} ms");
            }
            Assert.IsEmpty(faults, string.Join('\n', faults));
        }
        Directory.Delete(folder, recursive: true);
    }
}
