using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary>A person's request to be gone, as an operator makes it.</summary>
[TestClass]
internal sealed class ForgetCommandTests : IDisposable
{
    private readonly SmallShop _shop = new();

    public void Dispose() => _shop.Dispose();

    [TestMethod]
    public async Task An_operator_forgets_a_user_looks_for_them_and_lets_them_in_again()
    {
        _shop.With(SmallShop.TwoTastes());
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);
        var there = await _shop.Run("forget", "u01", "--verify");
        Assert.AreEqual(1, there.ExitCode, there.ToString());
        foreach (string place in (string[])["table user_recommendations_rows.user_id", "state.bin: section 'users'", "Take them out with: forget"])
            StringAssert.Contains(there.Out, place);

        var done = await _shop.Run("forget", "u01");

        Assert.AreEqual(0, done.ExitCode, done.ToString());
        foreach (string said in (string[])["1 user, 7 events", "1 user, 5 rows", "Looked for 1 user in every file and table of the output: found nowhere."])
            StringAssert.Contains(done.Out, said);
        Assert.IsFalse((done.Out + done.Error).Contains("u01", StringComparison.Ordinal), "the id itself is not shown again");
        Assert.AreEqual(0, (await _shop.Run("forget", "u01", "--verify")).ExitCode);
        StringAssert.Contains((await _shop.Run("lists", "u01")).Out, "has no list of their own");
        StringAssert.Contains((await _shop.Run("lists", "u02")).Out, "User u02");
        var night = await _shop.Run("run", "nightly");
        Assert.AreEqual(0, night.ExitCode, night.ToString());
        StringAssert.Contains((await _shop.Run("lists", "u01")).Out, "has no list of their own");
        Assert.AreEqual(1, (await _shop.Run("forget", "u02", "--verify")).ExitCode);

        _shop.Add("b", SmallShop.TwoTastes().Where(r => r.User == "u01").Select(r => r with { Day = r.Day + 30 }));
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);
        StringAssert.Contains((await _shop.Run("lists", "u01")).Out, "has no list of their own");
        StringAssert.Contains((await _shop.Run("forget", "u01", "--allow")).Out, "1 of 1 user may come back");
        _shop.Add("c", SmallShop.TwoTastes().Where(r => r.User == "u01").Select(r => r with { Day = r.Day + 60 }));
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);
        Assert.IsFalse((await _shop.Run("lists", "u01")).Out.Contains("has no list of their own", StringComparison.Ordinal));
    }

    [TestMethod]
    public async Task Ids_come_from_a_file_and_unknown_ones_are_said_to_be_unknown()
    {
        _shop.With(SmallShop.TwoTastes());
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);
        string file = Path.Combine(_shop.Folder, "asked.txt");
        File.WriteAllText(file, "u03\n\n u04 \nu03\n");

        var done = await _shop.Run("forget", "--file", file, "--json");

        Assert.AreEqual(0, done.ExitCode, done.ToString());
        using var json = JsonDocument.Parse(done.Out);
        Assert.AreEqual(2, json.RootElement.GetProperty("report").GetProperty("state_users").GetInt32());
        Assert.AreEqual(2, json.RootElement.GetProperty("report").GetProperty("asked").GetArrayLength());
        Assert.AreEqual(0, json.RootElement.GetProperty("found").GetArrayLength());
        var unknown = await _shop.Run("forget", "nobody-of-that-name");
        Assert.AreEqual(0, unknown.ExitCode, unknown.ToString());
        StringAssert.Contains(unknown.Out, "Not known here: 1 of 1 user. Were the ids written as the logs write them?");
    }

    [TestMethod]
    [DataRow("there is nobody to look for", "--verify")]
    [DataRow("--allow needs the users who came back", "--allow")]
    [DataRow("--verify or --allow, not both", "u01", "--verify", "--allow")]
    [DataRow("there is no such file; expected a text file with an id a line", "--file", "nowhere.txt")]
    [DataRow("Privacy:Key is not a key; expected 64 hex digits", "u01", "--set", "Privacy:Key=abc")]
    [DataRow("names the environment variable RECSYS_NO_SUCH_KEY, which is not set", "u01", "--set", "Privacy:Key=env:RECSYS_NO_SUCH_KEY")]
    public async Task What_cannot_be_done_is_exit_code_2_and_touches_nothing(string said, params string[] args)
    {
        _shop.With(SmallShop.TwoTastes());
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);

        var refused = await _shop.Run(["forget", .. args]);

        Assert.AreEqual(2, refused.ExitCode, refused.ToString());
        StringAssert.Contains(refused.Error, said);
        Assert.IsFalse(File.Exists(Path.Combine(_shop.Output, "privacy", "suppressed.json")));
        Assert.AreNotEqual(0, Directory.GetFiles(_shop.Output, "users.bin", SearchOption.AllDirectories).Length);
    }

    [TestMethod]
    public async Task A_folder_without_lists_is_not_made()
    {
        _shop.With(SmallShop.TwoTastes());

        var refused = await _shop.Run("forget", "u01");

        Assert.AreEqual(2, refused.ExitCode, refused.ToString());
        StringAssert.Contains(refused.Error, "holds no published lists");
        Assert.IsFalse(Directory.Exists(_shop.Output));
    }

    [TestMethod]
    public async Task A_server_loses_the_rows_of_every_version()
    {
        string schema = PostgresServer.NewSchema();
        string quoted = "\"" + schema.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        _shop.With(
            SmallShop.TwoTastes().Select(r => r with { User = r.User == "u01" ? "customer-of-one-name" : r.User }),
            $$"""
            "Publish": {
              "Store": "PostgreSql", "Connection": {{JsonSerializer.Serialize(PostgresServer.Connection)}}, "Schema": {{JsonSerializer.Serialize(schema)}}
            }
            """);
        Assert.AreEqual(0, (await _shop.Run("run", "nightly")).ExitCode);
        Assert.AreEqual(0, (await _shop.Run("run", "nightly", "--set", "Diversify:Lambda=0.9")).ExitCode);
        StringAssert.Contains((await _shop.Run("forget", "customer-of-one-name", "--verify")).Out, ".user_id");
        StringAssert.Contains(PostgresServer.Dump(), "customer-of-one-name");

        var done = await _shop.Run("forget", "customer-of-one-name");

        Assert.AreEqual(0, done.ExitCode, done.ToString());
        StringAssert.Contains(done.Out, "found nowhere");
        StringAssert.Contains(done.Out, "write-ahead log");
        Assert.AreEqual(0, (await _shop.Run("forget", "customer-of-one-name", "--verify")).ExitCode);
        Assert.IsFalse(PostgresServer.Dump().Contains("customer-of-one-name", StringComparison.Ordinal));
        using var connection = new Npgsql.NpgsqlConnection(PostgresServer.Connection);
        connection.Open();
        using var command = new Npgsql.NpgsqlCommand(
            $"SELECT count(*), count(*) FILTER (WHERE user_id = 'customer-of-one-name'), sum(v.forgotten) FROM {quoted}.user_recommendations r "
            + $"JOIN {quoted}.versions v USING (version)", connection);
        using var row = command.ExecuteReader();
        Assert.IsTrue(row.Read());
        Assert.AreEqual((2 * 39 * 5L, 0L, 2 * 39 * 5L), (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)));
    }
}
