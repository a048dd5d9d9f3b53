using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;
using Recsys.Batch.Pipeline.Ingest;

namespace Recsys.Batch.Jobs.Tests.Cases;

/// <summary>
/// What real shops trip over: each folder beside this file is a shop's input, made for this project, with the configuration of its night. Most are one log of
/// 200 orders (<c>d01_base</c>) written in the ways of other shops and programs, and must give what it gives.
/// </summary>
[TestClass]
internal sealed class CasesTests : IDisposable
{
    private readonly string _out = Directory.CreateTempSubdirectory("recsys-cases-").FullName;

    public void Dispose() => Directory.Delete(_out, recursive: true);

    [TestMethod]
    [DataRow("d03_order_double_nulls")]
    [DataRow("d04c_redelivered_other_type")]
    [DataRow("d09_struct")]
    [DataRow("d13_missing_price_in_old")]
    [DataRow("d16b_mixed_extension")]
    [DataRow("d22_csv", "Ingest:UnreadableFiles=Skip")]
    [DataRow("d22b_empty_file", "Ingest:UnreadableFiles=Skip")]
    [DataRow("d23e_text_times")]
    [DataRow("d29_blob_ids")]
    [DataRow("e16_text_all_nan_one_day")]
    public async Task Ingest_of_a_strange_habit_gives_what_the_base_gives(string name, params string[] settings)
    {
        var expected = await Ingested("d01_base");

        var found = await Ingested(name, settings);

        Assert.HasCount(expected.Pairs.Count, found.Pairs, found.Said);
        CollectionAssert.AreEqual(expected.Pairs, found.Pairs, found.Said);
    }

    [TestMethod]
    [DataRow("d10_list_of_items", "'sku', which in ", "its type (LIST)", "write the log with a row for each member")]
    [DataRow("d19_delta_table", "is a Delta table", "delta_scan")]
    [DataRow("d22_csv", "it is text, most likely CSV", "Ingest:UnreadableFiles")]
    [DataRow("d22b_empty_file", "is empty (0 bytes)", "Ingest:UnreadableFiles")]
    [DataRow("d22c_half", "it is half-written", "Ingest:UnreadableFiles")]
    public async Task Ingest_of_what_cannot_be_read_says_why_and_what_to_do(string name, params string[] words)
    {
        var called = await Called.With("run", "ingest", "--config", Config(name), "--out", _out);

        Assert.AreNotEqual(0, called.ExitCode, called.ToString());
        foreach (string word in words) StringAssert.Contains(called.Error, word);
        Assert.DoesNotContain("no such column", called.Error);
    }

    [TestMethod]
    public async Task Ingest_of_a_whole_Delta_table_reads_what_its_log_says()
    {
        // The case lacks its first commit, in which the two files were added of which the second replaced one.
        string table = Path.Combine(_out, "table");
        foreach (string file in Directory.GetFiles(Path.Combine(Folder(), "d19_delta_table", "logs"), "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(table, Path.GetRelativePath(Path.Combine(Folder(), "d19_delta_table", "logs"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        File.WriteAllLines(
            Path.Combine(table, "_delta_log", "00000000000000000000.json"),
            [
                """{"protocol":{"minReaderVersion":1,"minWriterVersion":2}}""", """{"metaData":{"id":"x","partitionColumns":[],"configuration":{}}}""",
                """{"add":{"path":"part-00000-aa.snappy.parquet","dataChange":true}}""",
                """{"add":{"path":"part-00001-cc.snappy.parquet","dataChange":true}}""",
            ]);
        var expected = await Ingested("d01_base");

        var found = await Ingested("d19_delta_table", $"Ingest:Events:0:Path={table}");

        CollectionAssert.AreEqual(expected.Pairs, found.Pairs, found.Said);
    }

    [TestMethod]
    public async Task Ingest_of_a_half_written_file_leaves_it_for_later()
    {
        var (report, _, said) = await Ingested("d22c_half", "Ingest:UnreadableFiles=Skip");

        Assert.AreEqual(100, report.Total.Rows, said);
        Assert.Contains(c => c.Name == "data.files.unreadable_share" && c.Value == 0.5, report.Constraints);
    }

    [TestMethod]
    public async Task Ingest_of_unsigned_ids_keeps_every_digit()
    {
        var (report, pairs, said) = await Ingested("d07_ubigint_high");

        Assert.AreEqual((200L, 0L), (report.Total.Rows, report.Total.Quarantined), said);
        Assert.IsTrue(pairs.TrueForAll(p => ulong.Parse(p.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) > long.MaxValue), said);
        var inspected = await Called.With("inspect", Path.Combine(Folder(), "d07_ubigint_high", "logs", "a.parquet"), "--json");
        StringAssert.Contains(inspected.Out, pairs[0].Split(' ')[0]);
    }

    [TestMethod]
    public async Task Ingest_of_decimal_ids_tells_neighbors_beyond_a_double_apart()
    {
        var (report, pairs, said) = await Ingested("e13_decimal_ids_exact");

        Assert.AreEqual(2, report.Users, said);
        CollectionAssert.AreEquivalent(new[] { "9007199254740992", "9007199254740993" }, pairs.Select(p => p.Split(' ')[0]).Distinct().ToArray());
    }

    [TestMethod]
    public async Task Ingest_of_availability_as_text_reads_what_inspect_suggests()
    {
        string file = Path.Combine(Folder(), "e11_items_available_text", "items.parquet");
        StringAssert.Contains((await Called.With("inspect", file)).Out, "\"Available\": \"active\"");

        var (report, _, said) = await Ingested("e11_items_available_text");

        Assert.IsTrue(report.AvailableItems is > 0 and < 15, $"{report.AvailableItems} of 15 are available\n{said}");
    }

    [TestMethod]
    public async Task Ingest_of_times_beyond_microseconds_quarantines_their_rows()
    {
        var (report, _, said) = await Ingested("p07c_ts_far");

        // Sixty of its times lie at either end of 64 bits or in the year 9999.
        Assert.AreEqual((140L, 60L), (report.Total.Kept, report.Total.Quarantined), said);
        Assert.AreEqual(60, report.RowsByFate["time_out_of_range"]);
    }

    [TestMethod]
    public async Task Ingest_of_one_extra_kind_keeps_the_standard_names()
    {
        var (report, _, said) = await Ingested("kinds2");

        // Of six spellings 'Kauf' and the empty one are nobody's.
        Assert.AreEqual(480, report.RowsByFate["unknown_kind"], said);
        Assert.AreEqual((720L, 240L), (report.KeptByKind["purchase"], report.KeptByKind["cart"]), said);
    }

    [TestMethod]
    [DataRow("clickstream")]
    [DataRow("smallshop")]
    public async Task Night_of_an_ordinary_small_shop_is_published(string name)
    {
        var called = await Called.With(
            "run", "nightly", "--config", Config(name), "--out", _out, "--set", "Embed:Model=none", "--set", "Evaluate:Replicates=100", "--set",
            "Evaluate:AucUsers=0", "--set", "Train:Als:Rank=8");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Out, "Published version");
    }

    [TestMethod]
    public async Task Lists_beside_much_dead_stock_have_one_new_item_at_most()
    {
        using var database = await Published("cold");

        // Items n... were never bought; they are 200 of 260.
        Assert.AreEqual(120L, Number(database, "SELECT count(DISTINCT user_id) FROM user_recommendations"));
        Assert.AreEqual(
            1L, Number(database, "SELECT max(n) FROM (SELECT sum(item_id LIKE 'n%') AS n FROM user_recommendations GROUP BY user_id)"));
    }

    [TestMethod]
    public async Task Lists_do_not_repeat_the_title_of_something_bought()
    {
        using var database = await Published("sametitle");
        var (_, pairs, _) = await Ingested("sametitle");

        // Twelve codes s..., one of them in capitals, are one shirt.
        var bought = pairs.Select(p => p.Split(' ')).Where(p => p[1].StartsWith('s')).Select(p => p[0]).ToHashSet();
        var listed = new List<string>();
        using var command = database.CreateCommand();
        command.CommandText = "SELECT user_id FROM user_recommendations WHERE item_id LIKE 's%'";
        using var rows = command.ExecuteReader();
        while (rows.Read()) listed.Add(rows.GetString(0));
        Assert.IsNotEmpty(bought);
        Assert.AreEqual("", string.Join(' ', listed.Where(bought.Contains)));
    }

    private async Task<SqliteConnection> Published(string name)
    {
        string folder = Path.Combine(_out, name + "-night");
        var called = await Called.With(
            "run", "nightly", "--config", Config(name), "--out", folder, "--set", "Embed:Model=none", "--set", "Evaluate:Replicates=100", "--set",
            "Evaluate:AucUsers=0");
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        var database = new SqliteConnection($"Data Source={Path.Combine(folder, "recsys.db")};Mode=ReadOnly;Pooling=False");
        database.Open();
        return database;
    }

    private static long Number(SqliteConnection database, string query)
    {
        using var command = database.CreateCommand();
        command.CommandText = query;
        return (long)command.ExecuteScalar()!;
    }

    private async Task<(IngestReport Report, List<string> Pairs, string Said)> Ingested(string name, params string[] settings)
    {
        string folder = Path.Combine(_out, name);
        var called = await Called.With(["run", "ingest", "--config", Config(name), "--out", folder, .. settings.SelectMany(s => new[] { "--set", s })]);
        Assert.AreEqual(0, called.ExitCode, called.ToString());
        string artifacts = Path.GetDirectoryName(Directory.GetFiles(folder, IngestArtifacts.Interactions, SearchOption.AllDirectories).Single())!;
        var (users, items) = (IngestArtifacts.ReadUsers(artifacts), IngestArtifacts.ReadItems(artifacts));
        var rows = IngestArtifacts.ReadInteractions(artifacts).ByUser;
        var pairs = new List<string>();
        for (int u = 0; u < rows.Rows; u++)
            for (int k = rows.Pointers[u]; k < rows.Pointers[u + 1]; k++) pairs.Add($"{users.Text(u)} {items.Text(rows.Indices[k])} {rows.Values[k]:R}");
        pairs.Sort(StringComparer.Ordinal);
        return (IngestArtifacts.ReadReport(artifacts), pairs, called.ToString());
    }

    internal static string Config(string name) => Path.Combine(Folder(), name, "night.json");

    private static string Folder([CallerFilePath] string here = "") => Path.GetDirectoryName(here)!;
}
