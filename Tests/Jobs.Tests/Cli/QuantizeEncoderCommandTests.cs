using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Cli;

/// <summary><c>quantize-encoder</c> over a copy of the shipped encoder.</summary>
[TestClass]
internal sealed class QuantizeEncoderCommandTests
{
    private static readonly string[] Titles = [.. File.ReadLines(Path.Combine(Repository.Data, "text-encoder", "golden", "texts.txt")).Take(100)];

    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-int8-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public async Task A_graph_is_made_of_a_column_and_a_night_opens_it()
    {
        string model = Copy(), items = Path.Combine(_folder, "items.parquet");
        Write(items, "title", Titles);
        var missing = await Doctor(model);
        StringAssert.Contains(missing.Out, "quantize-encoder");

        var called = await Called.With("quantize-encoder", "--model", model, "--texts", $"{items}:title", "--json");

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        var report = JsonDocument.Parse(called.Out).RootElement;
        Assert.AreEqual(8, report.GetProperty("products").GetInt32());
        Assert.AreEqual(0, report.GetProperty("left_float").GetInt32());
        Assert.IsGreaterThan(0.999, report.GetProperty("least_cosine").GetDouble());
        Assert.AreEqual((80, 20), (report.GetProperty("calibration_texts").GetInt32(), report.GetProperty("held_out_texts").GetInt32()));
        Assert.IsLessThan(2_000_000, new FileInfo(Path.Combine(model, "model_int8.onnx")).Length, "the token table stays in model.onnx");
        StringAssert.Contains((await Doctor(model)).Out, "256 floats");
    }

    [TestMethod]
    public async Task A_folder_of_its_own_is_told_with_cosine_and_rates()
    {
        string texts = Path.Combine(_folder, "titles.txt"), own = Path.Combine(_folder, "own");
        await File.WriteAllLinesAsync(texts, Titles);

        var called = await Called.With("quantize-encoder", "--texts", texts, "--out", own);

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        foreach (string words in (string[])["8 of 8 products in int8", "80 texts", "20 others: mean 0.999", "texts a second beside", "Embed:Precision=Int8"])
            StringAssert.Contains(called.Out, words);
        CollectionAssert.IsSubsetOf(
            new[] { "model_int8.onnx", "vocab.txt", "config.json", "WORDNET-LICENSE.txt" }, Directory.GetFiles(own).Select(f => Path.GetFileName(f)).ToArray());
    }

    [TestMethod]
    [DataRow("titles.csv", 2, "expected a text file")]
    [DataRow("nowhere.txt", 2, "no such file")]
    [DataRow("nowhere.parquet:title", 2, "nowhere.parquet: does not exist")]
    [DataRow("nowhere*.parquet:title", 2, "matches no Parquet file")]
    [DataRow("items.parquet:name", 2, "there is no column 'name'")]
    public async Task Texts_that_are_not_there_are_told(string texts, int exit, string words)
    {
        Write(Path.Combine(_folder, "items.parquet"), "title", Titles);
        var called = await Called.With(s => s with { Folder = _folder }, "quantize-encoder", "--texts", texts, "--out", "own");
        Assert.AreEqual(exit, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, words);
        Assert.IsFalse(Directory.Exists(Path.Combine(_folder, "own")));
    }

    [TestMethod]
    public async Task A_cosine_that_is_none_is_told()
    {
        var called = await Called.With("quantize-encoder", "--texts", "a.txt", "--cosine", "1.5");
        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "--cosine is 1.5; expected a number between 0 and 1");
    }

    private Task<Called> Doctor(string model) =>
        Called.With("doctor", "--out", Path.Combine(_folder, "out"), "--set", $"Embed:Model={model}", "--set", "Embed:Precision=Int8");

    private string Copy()
    {
        string to = Directory.CreateDirectory(Path.Combine(_folder, "model")).FullName;
        foreach (string file in Directory.GetFiles(Path.Combine(Repository.Data, "text-encoder")))
            if (Path.GetFileName(file) != "model_int8.onnx") File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }

    private static void Write(string file, string column, string[] texts)
    {
        int[] ends = [0, .. texts.Select((_, i) => texts.Take(i + 1).Sum(Encoding.UTF8.GetByteCount))];
        var texted = new Utf8Column(new ColumnField(column, ColumnType.Utf8), texts.Length, ends, Encoding.UTF8.GetBytes(string.Concat(texts)));
        using var to = ParquetFiles.Writer().Create(file, [texted.Field]);
        to.Append([texted], texts.Length);
        to.Complete();
    }
}
