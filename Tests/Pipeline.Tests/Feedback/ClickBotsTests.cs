using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Tests.Runs;
using static Recsys.Batch.Pipeline.Tests.Feedback.FeedbackFiles;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class ClickBotsTests
{
    private const int Accounts = 3_000, Bots = 20, Items = 10;

    private static readonly DateTimeOffset Start = new(2026, 1, 5, 8, 0, 0, TimeSpan.Zero);

    public required TestContext TestContext { get; set; }

    [TestMethod]
    [DataRow(Items, 1, 0.1, true, "bot_click_share", DisplayName = "every item of a list")]
    [DataRow(1, 7, 0.03, true, "bot_click_rate", DisplayName = "one item of each of many lists")]
    [DataRow(Items / 2, 1, 0.1, false, "bot_burst", DisplayName = "half of a list in one second")]
    [DataRow(1, 5, 0.1, true, null, DisplayName = "one item of each of a few lists")]
    public void Twenty_accounts_of_three_thousand_move_nothing(int clicks, int versions, double rate, bool slow, string? reason)
    {
        var policy = SimulatedNights.Even(contexts: 1);
        using var folder = new TempFolder();
        var options = Options(folder);
        options.Logs[0].Columns.Rank = null;
        var published = Write(folder, policy, clicks, versions, rate, slow);

        var result = Run(folder, options, published, policy);

        TestContext.WriteLine(
            $"{result.Report.Decision}; {string.Join(", ", result.Report.Rejected.Select(r => $"{r.Key} {r.Value}"))}; clicks a list "
            + string.Join(", ", result.Report.Arms.Select(a => $"{a.Naive:0.0000}")) + $"; gain {result.Report.Steps[0].Gain}");
        Assert.IsFalse(result.Report.Moves, result.Report.Decision);
        Assert.IsTrue(result.Report.Steps.All(s => s.Looked), "who refuses for another reason tests nothing");
        Assert.AreEqual(result.Report.Rows, result.Report.Joined + result.Report.Rejected.Values.Sum());
        if (reason is null)
        {
            Assert.IsTrue(result.Report.Rejected.Values.Sum() < result.Report.Rows / 100, "customers may do this too: it counts, and not for much");
        }
        else
        {
            Assert.IsTrue(result.Report.Rejected[reason] >= Bots * versions * (Items + clicks), $"{reason} {result.Report.Rejected[reason]}");
            Assert.IsTrue(result.Report.Users is > Accounts - Bots - 10 and <= Accounts - Bots, $"{result.Report.Users} users are customers");
        }

        // Without the rules the bots have their way, or there was nothing to be kept from.
        options.Bots = new ClickBotOptions { MaxClickShare = 1, MaxLiveliness = 1_000_000, MaxPerSecond = 1_000_000, FullShare = 1 };
        Assert.IsTrue(Run(folder, options, published, policy).Report.Moves, "these bots would not have moved anything");
    }

    [TestMethod]
    public void Chance_of_so_many_clicks_is_that_of_a_binomial()
    {
        Assert.AreEqual(Math.Pow(0.25, 7), ClickBots.Tail(7, 7, 0.25), 1e-12);
        Assert.AreEqual(45 * Math.Pow(0.3, 8) * 0.49 + 10 * Math.Pow(0.3, 9) * 0.7 + Math.Pow(0.3, 10), ClickBots.Tail(10, 8, 0.3), 1e-12);
        Assert.AreEqual(1, ClickBots.Tail(10, 3, 0.3));
        Assert.AreEqual(1, ClickBots.Tail(10, 10, 1));
        Assert.IsTrue(ClickBots.Tail(100_000, 1_200, 0.01) is > 0 and < 1e-8);
    }

    /// <summary>Customers who click lists of any lambda alike, and bots who love the widest.</summary>
    private static List<PublishedVersion> Write(TempFolder folder, DiversityPolicy policy, int clicks, int versions, double rate, bool slow)
    {
        string[] users = [.. Enumerable.Range(0, Accounts).Select(u => string.Create(CultureInfo.InvariantCulture, $"u{u:D4}"))];
        string[] items = [.. Enumerable.Range(0, Items).Select(i => string.Create(CultureInfo.InvariantCulture, $"i{i}"))];
        var bots = users.Where(u => policy.ArmOf(Encoding.UTF8.GetBytes(u), 0) == 2).Take(Bots).ToHashSet(StringComparer.Ordinal);
        var rows = new List<(string, string, string, string, DateTimeOffset)>();
        var published = new List<PublishedVersion>();
        var random = new SplitMix64(7, "customers");
        for (int v = 0; v < versions; v++)
        {
            string name = $"v{v}";
            published.Add(Version(folder, name, policy, [.. users.Select(u => (u, items))]) with { Created = Start.AddDays(v) });
            foreach (string user in users)
            {
                var at = Start.AddDays(v).AddHours(1 + 10 * random.NextDouble());
                rows.AddRange(items.Select(item => (user, item, name, "impression", at)));
                bool isBot = bots.Contains(user);
                int clicked = isBot ? clicks : random.NextDouble() < rate ? 1 : 0;
                for (int k = 0; k < clicked; k++) rows.Add((user, items[k], name, "click", at.AddSeconds(isBot && !slow ? 1 : 5 + 7 * k)));
            }
        }
        Log(folder.File("log.parquet"), rows);
        return published;
    }
}
