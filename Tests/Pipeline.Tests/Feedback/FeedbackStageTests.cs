using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Data;
using Recsys.Batch.Pipeline.Tests.Runs;
using static Recsys.Batch.Pipeline.Tests.Feedback.FeedbackFiles;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

[TestClass]
internal sealed class FeedbackStageTests
{
    private static readonly DiversityPolicy Policy = DiversityPolicyTests.Policy([DiversityPolicy.Whole / 4, 3 * DiversityPolicy.Whole / 4]);

    [TestMethod]
    public void Every_row_is_joined_or_rejected_for_its_reason()
    {
        using var folder = new TempFolder();
        var v1 = Version(folder, "v1", Policy, ("ann", ["a", "b", "c"]), ("bob", ["b", "a"]), ("cyd", ["c"]));
        var plain = Version(folder, "plain", null, ("ann", ["a"]));
        var other = Version(folder, "other", Policy with { Arms = [0.3, 0.4] }, ("ann", ["a"]));
        Log(folder, "log.parquet",
            // The read API's tag of a version under which prices changed twice is that version.
            ("ann", "a", "v1", "impression", 1, 10), ("ann", "b", "v1+2", "impression", 2, 10), ("ann", "b", "v1", "click", 2, 11),
            ("ann", "b", "v1", "click", 2, 12),
            ("ann", "a", "v1", "impression", 1, 10),      // logged twice
            ("ann", "a", "v1", "impression", 1, 99),      // shown again
            ("ann", "c", "v1", "click", 3, 13),           // never shown
            ("ann", "z", "v1", "impression", 1, 10),      // not on the list
            ("ann", "a", "v1", "impression", 2, 14),      // shown elsewhere
            ("zoe", "a", "v1", "impression", 1, 10),      // has no list
            ("bob", "b", "v1", "impression", 1, 10), ("bob", "b", "v1", "view", 1, 11),
            ("ann", "a", "gone", "impression", 1, 10), ("ann", "a", "plain", "impression", 1, 10), ("ann", "a", "other", "impression", 1, 10),
            (null, "a", "v1", "impression", 1, 10), ("ann", null, "v1", "impression", 1, 10), ("ann", "a", null, "click", 1, 10));

        var report = Run(folder, Options(folder), [v1, plain, other], Policy).Report;

        Assert.AreEqual(18, report.Rows);
        Assert.AreEqual(6, report.Joined);
        Assert.AreEqual(
            "click_without_impression 1, duplicate 1, not_drawn 1, not_on_list 1, null_item 1, null_user 1, null_version 1, other_arms 1, other_rank 1, "
            + "unknown_kind 1, unknown_user 1, unknown_version 1",
            string.Join(", ", report.Rejected.Select(r => $"{r.Key} {r.Value}")));
        Assert.AreEqual(report.Rows, report.Joined + report.Rejected.Values.Sum());
        Assert.AreEqual("v1 2", string.Join(' ', report.ListsByVersion.Select(v => $"{v.Key} {v.Value}")));
        // Two lists were seen; two clicks on one item are one.
        Assert.AreEqual(2, report.Lists);
        Assert.AreEqual(0.5, report.Published!.Ips.Value, 1e-12);

        var rejected = ParquetFiles.Reader().Read(folder.File("stage/rejected.parquet")).SelectMany(b => Enumerable.Range(0, b.RowCount).Select(r =>
            $"{Encoding.UTF8.GetString(b.Column<Utf8Column>("file")[r])} {b.Column<ValueColumn<long>>("row").Values[r]} "
            + $"{Encoding.UTF8.GetString(b.Column<Utf8Column>("reason")[r])}")).ToArray();
        Assert.AreEqual(12, rejected.Length);
        CollectionAssert.Contains(rejected, "shop:log.parquet 6 click_without_impression");
        CollectionAssert.Contains(rejected, "shop:log.parquet 15 null_user");
    }

    [TestMethod]
    public void Clicks_may_lie_in_their_own_file_with_numeric_ids_and_other_kind_names()
    {
        using var folder = new TempFolder();
        var version = Version(folder, "7", Policy, ("1", ["10", "11"]), ("2", ["10"]));
        Numbers(folder, "shown.parquet", (1, 10, 7, 0), (1, 11, 7, 0), (2, 10, 7, 0), (2, 10, 7, 5));
        Numbers(folder, "clicked.parquet", (1, 11, 7, 0), (1, 10, 7, 0));
        FeedbackColumns Columns() => new() { User = "u", Item = "i", Version = "v" };
        var options = new FeedbackOptions
        {
            Logs =
            [
                new() { Name = "shown", Path = folder.File("shown.parquet"), Columns = Columns() },
                new() { Name = "clicked", Path = folder.File("clicked.parquet"), Columns = Columns(), DefaultKind = "Click" },
            ],
        };
        var report = Run(folder, options, [version], Policy).Report;
        Assert.AreEqual("6 5 duplicate 1", $"{report.Rows} {report.Joined} {string.Join(' ', report.Rejected.Select(r => $"{r.Key} {r.Value}"))}");
        Assert.AreEqual(1, report.Published!.Snips.Value, 1e-12);

        options.Reward = ListReward.AnyClick;
        Assert.AreEqual(0.5, Run(folder, options, [version], Policy).Report.Published!.Snips.Value, 1e-12);

        options.Logs[0].Columns.Kind = "k";
        options.Logs[0].KindMap = new() { ["0"] = "impression", ["5"] = "click" };
        report = Run(folder, options, [version], Policy).Report;
        Assert.AreEqual(6, report.Joined);
        Assert.AreEqual(1, report.Published!.Snips.Value, 1e-12);
    }

    [TestMethod]
    public void Purchases_of_what_was_shown_count_beside_clicks_and_move_nothing_else()
    {
        using var folder = new TempFolder();
        var v1 = Version(folder, "v1", Policy, ("ann", ["a", "b", "c"]), ("bob", ["b", "a"]));
        (string? User, string? Item, string? Version, string Kind, int Rank, int Time)[] seen =
        [
            ("ann", "a", "v1", "impression", 1, 10), ("ann", "b", "v1", "impression", 2, 10), ("ann", "b", "v1", "click", 2, 11),
            ("bob", "b", "v1", "impression", 1, 10),
        ];
        Log(folder, "log.parquet", seen);
        var without = Run(folder, Options(folder), [v1], Policy).Report;
        Log(folder, "log.parquet",
            [
                .. seen, ("ann", "b", "v1", "purchase", 2, 12), ("ann", "b", "v1", "Purchase", 2, 13), ("bob", "b", "v1", "purchase", 1, 12),
                ("bob", "a", "v1", "purchase", 2, 12),        // never shown
                ("ann", "a", "v1", "purchase", 1, 9),         // bought before
            ]);

        var report = Run(folder, Options(folder), [v1], Policy).Report;

        Assert.AreEqual(
            "click_before_impression 1, click_without_impression 1", string.Join(", ", report.Rejected.Select(r => $"{r.Key} {r.Value}")));
        Assert.AreEqual((3L, null), (without.Clicks!.Impressions, without.Clicks.Purchases));
        Assert.AreEqual(3, report.Clicks!.Impressions);
        Assert.AreEqual(1 / 3.0, report.Clicks.Clicks.Value, 1e-12);
        Assert.AreEqual(2 / 3.0, report.Clicks.Purchases!.Value, 1e-12);
        Assert.AreEqual("1 2 0, 2 1 1", string.Join(", ", report.Clicks.Places.Select(p => $"{p.Places} {p.Impressions} {p.Clicks.Value}")));
        Assert.AreEqual(without.Published, report.Published);
    }

    [TestMethod]
    public void Options_and_columns_that_cannot_be_used_are_named_with_their_key()
    {
        var options = new FeedbackOptions
        {
            Clip = 0,
            MaxChange = 2,
            Logs = [new() { Path = "x", DefaultKind = "view", KindMap = new() { ["1"] = "buy" }, Columns = { User = "u" } }],
        };
        var check = new OptionsCheck("Feedback");
        options.Validate(check);
        string faults = string.Join('\n', check.Faults);
        foreach (string expected in new[]
        {
            "Feedback:Clip is 0;", "Feedback:MaxChange is 2;", "Feedback:Logs:0:DefaultKind is 'view'; expected impression, click or purchase",
            "Feedback:Logs:0:KindMap:1 is 'buy'",
            "Feedback:Logs:0:Columns:Item is missing", "Feedback:Logs:0:Columns:Version is missing; expected the column that holds the version",
            "Feedback:Logs:0:Columns:Kind is missing",
        }) StringAssert.Contains(faults, expected);
        StringAssert.Contains(Assert.ThrowsExactly<ConfigurationException>(new FeedbackOptions().RequireLogs).Message, "Feedback:Logs is empty");

        using var folder = new TempFolder();
        Log(folder, "log.parquet", ("ann", "a", "v1", "impression", 1, 10));
        var mapped = Options(folder);
        mapped.Logs[0].Columns.Version = "versoin";
        var error = Assert.ThrowsExactly<ConfigurationException>(() => Run(folder, mapped, [], Policy));
        StringAssert.Contains(error.Message, "Feedback:Logs:0:Columns:Version is 'versoin', but");
        StringAssert.Contains(error.Message, "did you mean 'version'?");
    }

    [TestMethod]
    public void Files_of_different_nights_in_one_version_are_found_out()
    {
        using var folder = new TempFolder();
        var v1 = Version(folder, "v1", Policy, ("ann", ["a", "b", "c"]), ("bob", ["b", "a"]));
        Log(folder, "log.parquet", ("ann", "a", "v1", "impression", 1, 10), ("bob", "b", "v1", "impression", 1, 10));
        var swapped = DiversityPolicyTests.Policy([3 * DiversityPolicy.Whole / 4, DiversityPolicy.Whole / 4]) with { Salt = "another" };
        int differ = new[] { "ann", "bob" }.Count(u => swapped.ArmOf(Encoding.UTF8.GetBytes(u), 0) != Policy.ArmOf(Encoding.UTF8.GetBytes(u), 0));
        Assert.IsTrue(differ > 0, "another salt that draws alike tests nothing");

        var error = Assert.ThrowsExactly<ArtifactException>(() => Run(folder, Options(folder), [v1 with { Policy = swapped }], swapped));

        StringAssert.Contains(error.Message, "which the version's policy did not");
    }

    [TestMethod]
    public void Without_a_policy_in_force_nothing_is_learned_and_the_way_there_is_said()
    {
        using var folder = new TempFolder();
        Log(folder, "log.parquet", ("ann", "a", "plain", "impression", 1, 10));

        var result = Run(folder, Options(folder), [Version(folder, "plain", null, ("ann", ["a"]))], inForce: null);

        Assert.IsNull(result.Next);
        StringAssert.Contains(result.Report.Decision, "Diversify:Explore:Enabled=true");
        Assert.AreEqual("not_drawn 1", string.Join(' ', result.Report.Rejected.Select(r => $"{r.Key} {r.Value}")));
        Assert.IsTrue(result.Checks.Any(c => c is { Name: "feedback.effective_users", Level: ConstraintLevel.Warn }));
    }

    [TestMethod]
    public void A_report_is_read_back_as_it_was_written()
    {
        using var folder = new TempFolder();
        Log(folder, "log.parquet", ("ann", "a", "v1", "impression", 1, 10));
        var report = Run(folder, Options(folder), [Version(folder, "v1", Policy, ("ann", ["a"]))], Policy).Report;

        var read = FeedbackReport.Read(folder.File("stage/feedback.json"));

        Assert.AreEqual(report.Decision, read.Decision);
        Assert.AreEqual(report.Arms[1].Estimate, read.Arms[1].Estimate);
        Assert.AreEqual(report.Steps[0].Why, read.Steps[0].Why);
        File.WriteAllText(folder.File("stage/feedback.json"), "{");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArtifactException>(() => FeedbackReport.Read(folder.File("stage/feedback.json"))).Message, "run feedback again");
    }

    [TestMethod]
    public void A_column_that_an_older_log_lacks_is_null_there()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("logs"));
        Log(folder, "logs/b.parquet", ("ann", "a", "v1", "impression", 1, 10));
        Write(
            folder.File("logs/a.parquet"), Text("user", ["bob"]), Text("item", ["a"]), Text("version", ["v1"]), Text("kind", ["impression"]),
            Int("time", [10]));
        var options = Options(folder);
        options.Logs[0].Path = folder.File("logs");

        var report = Run(folder, options, [Version(folder, "v1", Policy, ("ann", ["a"]), ("bob", ["a"]))], Policy).Report;

        Assert.AreEqual((2L, 1L, 1L), (report.Rows, report.Joined, report.Rejected["null_rank"]));
        options.Logs[0].Columns.Rank = "position";
        Assert.ThrowsExactly<ConfigurationException>(() => Run(folder, options, [], Policy), "no log has it");
    }
}
