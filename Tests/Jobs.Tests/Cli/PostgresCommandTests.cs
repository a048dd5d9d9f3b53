using System.Text.Json;
using Recsys.Batch.Jobs.Tests.Night;
using Recsys.Batch.Tests.Shared;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary>Commands over lists and ledgers on a server.</summary>
[TestClass]
internal sealed class PostgresCommandTests : IDisposable
{
    private readonly SmallShop _shop = new();
    private readonly string _publish;

    public PostgresCommandTests() => _publish =
        $$"""
        "Publish": {
          "Store": "PostgreSql", "Connection": {{JsonSerializer.Serialize(PostgresServer.Connection)}},
          "Schema": {{JsonSerializer.Serialize(PostgresServer.NewSchema())}}
        }
        """;

    public void Dispose() => _shop.Dispose();

    [TestMethod]
    public async Task A_server_takes_publish_rollback_and_prune_and_no_password_is_shown()
    {
        _shop.With(SmallShop.TwoTastes(), _publish);
        var said = new List<Called>();
        async Task<JsonElement> Json(params string[] args)
        {
            var called = await _shop.Run([.. args, "--json"]);
            said.Add(called);
            Assert.AreEqual(0, called.ExitCode, called.ToString());
            using var document = JsonDocument.Parse(called.Out);
            return document.RootElement.Clone();
        }

        string first = (await Json("run", "nightly")).GetProperty("version").GetString()!;
        string second = (await Json("run", "nightly", "--set", "Diversify:Lambda=0.9")).GetProperty("version").GetString()!;
        Assert.AreNotEqual(first, second);
        Assert.IsFalse(File.Exists(Path.Combine(_shop.Output, "recsys.db")));
        Assert.AreEqual(2, (await Json("versions", "list")).GetProperty("versions").GetArrayLength());
        Assert.AreEqual(second, (await Json("lists", "u01")).GetProperty("list").GetProperty("version").GetString());
        Assert.AreEqual(first, (await Json("versions", "rollback")).GetProperty("current").GetString());
        Assert.AreEqual(0, (await Json("versions", "show", first)).GetProperty("damage").GetArrayLength());
        await Json("versions", "prune", "--keep", "1");
        Assert.IsTrue((await Json("doctor")).GetProperty("ok").GetBoolean());
        var doctor = await _shop.Run("doctor");
        StringAssert.Contains(doctor.Out, "may make tables");
        said.Add(doctor);
        Assert.IsFalse(said.Any(s => s.ToString().Contains("never-shown", StringComparison.Ordinal)));
    }

    [TestMethod]
    public async Task A_server_that_is_not_there_is_one_message_for_every_command()
    {
        _shop.With(
            SmallShop.TwoTastes(),
            """ "Publish": { "Store": "PostgreSql", "Connection": "Host=127.0.0.1;Port=1;Username=u;Password=never-shown;Timeout=5" } """);
        foreach (string[] command in (string[][])[["run", "nightly"], ["versions", "list"], ["lists", "u01"], ["doctor"]])
        {
            var called = await _shop.Run(command);
            Assert.AreEqual(1, called.ExitCode, called.ToString());
            StringAssert.Contains(called.Out + called.Error, "127.0.0.1:1");
            Assert.IsFalse(called.ToString().Contains("never-shown", StringComparison.Ordinal), called.ToString());
        }
    }

    [TestMethod]
    public async Task A_misspelt_key_does_not_show_the_secret_in_it()
    {
        _shop.With(SmallShop.TwoTastes(), """ "Publish": { "Conection": "Host=db;Password=never-shown", "Cnt": "Host=db;Password=never-shown" } """);
        var called = await _shop.Run("versions", "list");
        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "Publish:Connection");
        Assert.IsFalse(called.ToString().Contains("never-shown", StringComparison.Ordinal), called.ToString());
    }
}
