using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Recommender.Tests.Cli;

/// <summary>The command as a process of its own: what a native library prints goes past every writer that a test could put in its place.</summary>
[TestClass]
internal class EvalMLNetTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-eval-mlnet-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    [DataRow("mlnet-one-class", "MLNetOneClass")]
    [DataRow("mlnet-square", "MLNetSquare")]
    public async Task Eval_trains_it_and_prints_one_json_object_and_nothing_else(string algorithm, string section)
    {
        // Two shops under one roof: who buys the even items misses one of them.
        var pairs = Enumerable.Range(0, 60)
            .SelectMany(u => Enumerable.Range(0, 12).Where(i => i % 2 == u % 2 && i / 2 != u / 2 % 6).Select(i => (User: u, Item: i)));
        string train = Write("train.parquet", [.. pairs]);
        string test = Write("test.parquet", [.. Enumerable.Range(0, 60).Select(u => (u, u / 2 % 6 * 2 + u % 2))]);
        var start = new ProcessStartInfo(
            "dotnet",
            [
                "exec", Path.Combine(AppContext.BaseDirectory, "Recsys.Batch.Jobs.dll"), "eval", "--train", train, "--test", test, "--k", "1", "--json",
                "--set", $"Train:Algorithm={algorithm}", "--set", $"Train:{section}:Rank=8", "--set", $"Train:{section}:Lambda=0.05",
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.AreEqual(0, process.ExitCode, output + await error);
        using var json = JsonDocument.Parse(output);
        Assert.AreEqual(60, json.RootElement.GetProperty("users").GetInt32());
        Assert.IsTrue(json.RootElement.GetProperty("recall@1").GetDouble() > 0.95, output);
        Assert.AreEqual(8, json.RootElement.GetProperty("options").GetProperty("Train").GetProperty(section).GetProperty("Rank").GetInt32());
    }

    private string Write(string name, (int User, int Item)[] pairs)
    {
        string file = Path.Combine(_folder, name);
        using var writer = ParquetFiles.Writer().Create(file, [new("user_id", ColumnType.Utf8), new("item_id", ColumnType.Utf8)]);
        writer.Append([Text("user_id", [.. pairs.Select(p => $"u{p.User}")]), Text("item_id", [.. pairs.Select(p => $"i{p.Item}")])], pairs.Length);
        writer.Complete();
        return file;
    }

    private static Utf8Column Text(string name, string[] values)
    {
        var offsets = new int[values.Length + 1];
        for (int i = 0; i < values.Length; i++) offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(values[i]);
        return new Utf8Column(new(name, ColumnType.Utf8), values.Length, offsets, Encoding.UTF8.GetBytes(string.Concat(values)));
    }
}
