using System.Text.Json;
using Microsoft.Data.Sqlite;
using Recsys.Batch.Jobs.Tests.Cli;

namespace Recsys.Batch.Jobs.Tests.Night;

/// <summary>Interest vectors of customers, from a month of the shipped log and the shipped encoder to the command that asks for them, and out again.</summary>
[TestClass]
internal sealed class UserVectorsNightTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-vectors-").FullName;

    private string Output => Path.Combine(_folder, "out");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [TestMethod]
    public async Task Vectors_are_published_asked_for_and_forgotten()
    {
        string config = Path.Combine(Repository.Data, "online-retail", "night.json");
        string[] settings =
        [
            "--config", config, "--out", Output, "--set",
            $"Ingest:Events:0:Path={Path.Combine(Repository.Data, "online-retail", "transactions", "date=2010-12")}", "--set", "Ingest:HoldOut:Cut=2010-12-17",
            "--set", "Train:Algorithm=popularity", "--set", "Evaluate:Replicates=100", "--set", "Evaluate:AucUsers=0", "--set", "Rank:Algorithm=none",
            "--set", "Diversify:Method=mmr", "--set", "Places:UserVectors:Enabled=true", "--set", "Places:UserVectors:Count=5",
        ];
        var night = await Called.With(["run", "nightly", .. settings]);

        Assert.AreEqual(0, night.ExitCode, night.ToString());
        var vectors = Rows("SELECT user_id, vector FROM current_user_vectors").ToDictionary(r => r[0], r => JsonSerializer.Deserialize<double[]>(r[1])!);
        Assert.IsGreaterThan(300, vectors.Count);
        foreach (var (user, vector) in vectors) Assert.AreEqual(1, vector.Sum(x => x * x), 1e-3, user);
        Assert.AreEqual("5", Rows("SELECT max(rank) FROM current_user_interests")[0][0]);
        Assert.AreEqual("0", Rows("SELECT count(*) FROM current_user_vectors v JOIN current_user_interests i USING (user_id, item_id)")[0][0],
            "the item beside a vector was bought, and interests are of what was not");

        string asked = vectors.Keys.Order(StringComparer.Ordinal).First();
        var similar = await Called.With("lists", asked, "--similar", "3", "--out", Output, "--json");
        Assert.AreEqual(0, similar.ExitCode, similar.ToString());
        using var answer = JsonDocument.Parse(similar.Out);
        var found = answer.RootElement.GetProperty("similar").EnumerateArray()
            .Select(s => (User: s.GetProperty("user_id").GetString()!, Cosine: s.GetProperty("cosine").GetDouble())).ToArray();
        var plain = vectors.Where(v => v.Key != asked).Select(v => (v.Key, Cosine: v.Value.Zip(vectors[asked], (x, y) => x * y).Sum()))
            .OrderByDescending(v => v.Cosine).Take(3).ToArray();
        CollectionAssert.AreEqual(plain.Select(p => p.Key).ToArray(), found.Select(f => f.User).ToArray());
        Assert.AreEqual(plain[0].Cosine, found[0].Cosine, 1e-3);

        var forgotten = await Called.With(["forget", found[0].User, .. settings]);
        Assert.AreEqual(0, forgotten.ExitCode, forgotten.ToString());
        Assert.HasCount(vectors.Count - 1, Rows("SELECT user_id FROM current_user_vectors"));
        var after = await Called.With("lists", asked, "--similar", "3", "--out", Output, "--json");
        Assert.IsFalse(after.Out.Contains($"\"{found[0].User}\"", StringComparison.Ordinal), after.Out);
        var gone = await Called.With("lists", found[0].User, "--similar", "3", "--out", Output);
        Assert.AreEqual(2, gone.ExitCode, gone.ToString());
    }

    private List<string[]> Rows(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(Output, "recsys.db")};Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(c => Convert.ToString(reader.GetValue(c), null)!)]);
        return rows;
    }
}
