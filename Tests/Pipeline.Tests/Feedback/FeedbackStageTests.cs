using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Data;
using Recsys.Batch.Pipeline.Tests.Runs;

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
            "Feedback:Clip is 0;", "Feedback:MaxChange is 2;", "Feedback:Logs:0:DefaultKind is 'view'; expected impression or click",
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

    private static FeedbackResult Run(TempFolder folder, FeedbackOptions options, IReadOnlyList<PublishedVersion> versions, DiversityPolicy? inForce)
    {
        Directory.CreateDirectory(folder.File("stage"));
        return new FeedbackStage(ParquetFiles.Reader(), ParquetFiles.Writer(), options)
            .Run(new FeedbackInputs(versions, inForce), folder.File("stage"), StageContext.Quiet(1));
    }

    private static FeedbackOptions Options(TempFolder folder) => new()
    {
        Logs = [new()
        {
            Name = "shop",
            Path = folder.File("log.parquet"),
            Columns = new() { User = "user", Item = "item", Version = "version", Kind = "kind", Rank = "rank", Time = "time" },
        }],
    };

    private static PublishedVersion Version(TempFolder folder, string name, DiversityPolicy? policy, params (string User, string[] Items)[] lists)
    {
        var rows = lists.SelectMany(l => l.Items.Select((item, k) => (l.User, Item: item, Rank: k + 1))).ToArray();
        Write(folder.File($"{name}-lists.parquet"),
            Text("user_id", rows.Select(r => r.User)), Text("item_id", rows.Select(r => r.Item)), Int("rank", rows.Select(r => r.Rank)));
        Write(folder.File($"{name}-arms.parquet"),
            Text("user_id", lists.Select(l => l.User)), Int("context", lists.Select(_ => 0)),
            Int("arm", lists.Select(l => policy?.ArmOf(Encoding.UTF8.GetBytes(l.User), 0) ?? 0)));
        return new PublishedVersion(name, policy, [folder.File($"{name}-lists.parquet")], policy is null ? [] : [folder.File($"{name}-arms.parquet")]);
    }

    private static void Log(TempFolder folder, string file, params (string? User, string? Item, string? Version, string Kind, int Rank, int Time)[] rows) =>
        Write(
            folder.File(file), Text("user", rows.Select(r => r.User)), Text("item", rows.Select(r => r.Item)), Text("version", rows.Select(r => r.Version)),
            Text("kind", rows.Select(r => r.Kind)), Int("rank", rows.Select(r => r.Rank)), Int("time", rows.Select(r => r.Time)));

    private static void Numbers(TempFolder folder, string file, params (int U, int I, int V, int K)[] rows) => Write(folder.File(file),
        Int("u", rows.Select(r => r.U)), Int("i", rows.Select(r => r.I)), Int("v", rows.Select(r => r.V)), Int("k", rows.Select(r => r.K)));

    private static void Write(string path, params Column[] columns)
    {
        using var to = ParquetFiles.Writer().Create(path, [.. columns.Select(c => c.Field)]);
        to.Append(columns, columns[0].Count);
        to.Complete();
    }

    private static ValueColumn<int> Int(string name, IEnumerable<int> values)
    {
        int[] all = [.. values];
        return new(new ColumnField(name, ColumnType.Int32), all.Length, all);
    }

    private static Utf8Column Text(string name, IEnumerable<string?> values)
    {
        string?[] all = [.. values];
        var offsets = new int[all.Length + 1];
        var bytes = new MemoryStream();
        var validity = new ulong[(all.Length + 63) / 64];
        for (int i = 0; i < all.Length; i++)
        {
            if (all[i] is { } text)
            {
                bytes.Write(Encoding.UTF8.GetBytes(text));
                validity[i >> 6] |= 1UL << (i & 63);
            }
            offsets[i + 1] = (int)bytes.Length;
        }
        return new(new ColumnField(name, ColumnType.Utf8), all.Length, offsets, bytes.ToArray(), validity);
    }
}
