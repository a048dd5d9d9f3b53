using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>What <c>generate --kind</c> makes, and the night over it that it prints.</summary>
[TestClass]
internal sealed class MadeKindTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-kind-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    [DataRow("dense")]
    [DataRow("trends")]
    public async Task The_printed_night_reads_every_event(string kind)
    {
        var made = await Called.With(
            "generate", "--kind", kind, "--users", "200", "--items", "100", "--events", "5000", "--days", "30", "--out", _folder);
        Assert.AreEqual(0, made.ExitCode, made.ToString());
        string config = Path.Combine(_folder, "night.json"), output = Path.Combine(_folder, "out");
        StringAssert.Contains(made.Out.ReplaceLineEndings(" "), $"run nightly --config {config} --out {output}");

        var night = await Called.With(
            "run", "nightly", "--config", config, "--out", output, "--set", "Embed:Model=none", "--set", "Train:Algorithm=popularity", "--set",
            "Rank:Algorithm=none", "--set", "Diversify:Method=mmr", "--set", "Evaluate:Replicates=100");

        Assert.AreEqual(0, night.ExitCode, night.ToString());
        using var connection = new SqliteConnection($"Data Source={Path.Combine(output, "recsys.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(DISTINCT user_id) FROM current_user_recommendations";
        Assert.AreEqual(200L, command.ExecuteScalar());
    }

    [TestMethod]
    public async Task An_unknown_kind_and_a_shop_without_sizes_are_refused()
    {
        var unknown = await Called.With("generate", "--kind", "desne", "--out", _folder);
        Assert.AreEqual(2, unknown.ExitCode);
        StringAssert.Contains(unknown.Error.ReplaceLineEndings(" "), "--kind is 'desne'; expected one of shop, sequences, dense, trends, long-tail");
        var shop = await Called.With("generate", "--users", "10", "--events", "100", "--out", _folder);
        Assert.AreEqual(2, shop.ExitCode);
        StringAssert.Contains(shop.Error.ReplaceLineEndings(" "), "--items is not given");
    }
}
