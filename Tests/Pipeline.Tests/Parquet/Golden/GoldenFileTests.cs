using System.Text.Json;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Pipeline.Tests.Parquet.Golden;

/// <summary>
/// What files said when two engines, DuckDB 1.5.6 and Parquet.Net 6.1.0, were read side by side and agreed bit for bit (README.md beside this file). Nothing
/// that was read then is read differently now.
/// </summary>
[TestClass]
internal sealed class GoldenFileTests
{
    internal static readonly string Folder = Path.Combine(Root(), "Tests", "Pipeline.Tests", "Parquet", "Golden");
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly IParquetReader Reader = ParquetFiles.Reader();

    [TestMethod]
    public void Good_files_of_the_corpus_say_what_they_said()
    {
        string corpus = SharedData.Folder("parquet-corpus", "good");
        Compare("corpus.json", Directory.GetFiles(corpus, "*.parquet"), corpus, file => ColumnHashes.Of(Reader, file));
    }

    [TestMethod]
    public void Files_that_DuckDB_wrote_say_what_they_said()
    {
        string folder = Path.Combine(Folder, "duckdb");
        Compare("duckdb.json", Directory.GetFiles(folder, "*.parquet"), folder, file => ColumnHashes.Of(Reader, file));
    }

    [TestMethod]
    public void Shipped_logs_say_what_they_said()
    {
        string data = Path.Combine(Root(), "data");
        Compare("shipped.json", Directory.GetFiles(data, "*.parquet", SearchOption.AllDirectories), data, file => ColumnHashes.OfAll(Reader, file));
    }

    private static void Compare<T>(string golden, string[] files, string root, Func<string, T> read)
    {
        string path = Path.Combine(Folder, golden);
        var found = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach (string file in files) found[Path.GetRelativePath(root, file)] = read(file);
        string actual = JsonSerializer.Serialize(found, Indented) + "\n";
        // Set to write the files anew, after a difference was looked at and is meant.
        if (Environment.GetEnvironmentVariable("RECSYS_WRITE_GOLDEN") == "1") File.WriteAllText(path, actual);
        string[] expected = File.ReadAllLines(path), lines = actual.TrimEnd('\n').Split('\n');
        for (int line = 0; line < Math.Min(expected.Length, lines.Length); line++)
            Assert.AreEqual(expected[line], lines[line], $"{golden}, line {line + 1}");
        Assert.HasCount(expected.Length, lines, golden);
    }

    private static string Root()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at!.FullName, "Recsys.Batch.sln"))) at = at.Parent;
        return at.FullName;
    }
}
