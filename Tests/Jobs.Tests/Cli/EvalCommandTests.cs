using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Parquet;

namespace Recsys.Batch.Jobs.Tests.Cli;

[TestClass]
internal sealed class EvalCommandTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recsys-eval-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    private string Pairs(string name, params (string User, string Item)[] pairs)
    {
        string file = Path.Combine(_folder, name);
        using var writer = ParquetFiles.Writer().Create(file, [new("user_id", ColumnType.Utf8), new("item_id", ColumnType.Utf8)]);
        writer.Append([Text("user_id", [.. pairs.Select(p => p.User)]), Text("item_id", [.. pairs.Select(p => p.Item)])], pairs.Length);
        writer.Complete();
        return file;
    }

    private static Utf8Column Text(string name, string[] values)
    {
        var offsets = new int[values.Length + 1];
        for (int i = 0; i < values.Length; i++) offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(values[i]);
        return new Utf8Column(new(name, ColumnType.Utf8), values.Length, offsets, Encoding.UTF8.GetBytes(string.Concat(values)));
    }

    /// <summary>Popularity ranks b (3), a (2), c (1), d (1): u1 has a and misses b, u4 has b and c and misses d.</summary>
    private (string Train, string Test) Split() => (
        Pairs("train.parquet", ("u1", "a"), ("u2", "a"), ("u2", "b"), ("u3", "b"), ("u4", "b"), ("u4", "c"), ("u3", "d")),
        Pairs("test.parquet", ("u1", "b"), ("u4", "d")));

    [TestMethod]
    public async Task Json_has_the_figures_of_a_ranking_known_beforehand()
    {
        var (train, test) = Split();
        string lists = Path.Combine(_folder, "lists.parquet");

        var called = await Called.With("eval", "--train", train, "--test", test, "--k", "1", "--json", "--set", "Train:Algorithm=popularity", "--save", lists);

        Assert.AreEqual(0, called.ExitCode, called.ToString());
        using var json = JsonDocument.Parse(called.Out);
        var root = json.RootElement;
        Assert.AreEqual(4, root.GetProperty("users").GetInt32());
        Assert.AreEqual(4, root.GetProperty("items").GetInt32());
        Assert.AreEqual(7, root.GetProperty("train_rows").GetInt32());
        Assert.AreEqual(2, root.GetProperty("test_rows").GetInt32());
        // u1 is shown b, a hit; u4 is shown a.
        foreach (string figure in (string[])["recall@1", "ndcg@1", "precision@1", "map@1", "hit@1"])
            Assert.AreEqual(0.5, root.GetProperty(figure).GetDouble(), 1e-6, figure);
        Assert.AreEqual(0.5, root.GetProperty("coverage@1").GetDouble(), 1e-6);
        foreach (string key in (string[])["ild@1", "train_s", "retrieve_s", "peak_rss_mb"]) Assert.IsTrue(root.TryGetProperty(key, out _), key);
        Assert.AreEqual("popularity", root.GetProperty("options").GetProperty("Train").GetProperty("Algorithm").GetString());
        Assert.AreEqual(2, ParquetFiles.Reader().Inspect(lists).Rows);
    }

    [TestMethod]
    public async Task Items_that_no_pair_speaks_of_are_ranked_and_their_vectors_are_kept()
    {
        var (train, test) = Split();
        string items = Path.Combine(_folder, "items.parquet"), cache = Path.Combine(_folder, "cache");
        using (var writer = ParquetFiles.Writer()
            .Create(items, [new("item_id", ColumnType.Utf8), new("title", ColumnType.Utf8), new("brand", ColumnType.Utf8)]))
        {
            writer.Append([Text("item_id", ["a", "b", "never"]), Text("title", ["red mug", "blue mug", "tea light"]), Text("brand", ["one", "two", "one"])], 3);
            writer.Complete();
        }
        string[] call =
        [
            "eval", "--train", train, "--test", test, "--items", items, "--cache", cache, "--k", "1", "--json", "--set", "Train:Algorithm=popularity", "--set",
            "Embed:Device=cpu",
        ];

        using var first = JsonDocument.Parse((await Called.With(call)).Out);
        using var second = JsonDocument.Parse((await Called.With(call)).Out);

        Assert.AreEqual(5, first.RootElement.GetProperty("items").GetInt32(), "a, b, c, d of the pairs, and one more");
        Assert.AreEqual((3, 3, 0), Said(first));
        Assert.AreEqual((3, 0, 3), Said(second));
        Assert.AreEqual("cpu", second.RootElement.GetProperty("text").GetProperty("facts").GetProperty("provider").GetString());
        Assert.AreEqual(first.RootElement.GetProperty("ndcg@1").GetDouble(), second.RootElement.GetProperty("ndcg@1").GetDouble());

        static (int, int, int) Said(JsonDocument json)
        {
            var text = json.RootElement.GetProperty("text");
            return (text.GetProperty("items").GetInt32(), text.GetProperty("encoded").GetInt32(), text.GetProperty("known").GetInt32());
        }
    }

    [TestMethod]
    public async Task A_mapped_column_that_is_missing_names_the_ones_that_are_there()
    {
        var (train, test) = Split();

        var called = await Called.With("eval", "--train", train, "--test", test, "--k", "1", "--set", "Eval:Columns:User=customer");

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.Contains(called.Error, "customer");
        StringAssert.Contains(called.Error, "user_id");
    }

    [TestMethod]
    [DataRow("0")]
    [DataRow("1001")]
    public async Task A_list_length_out_of_range_is_refused(string k)
    {
        var called = await Called.With("eval", "--train", "a", "--test", "b", "--k", k);

        Assert.AreEqual(2, called.ExitCode);
        StringAssert.Contains(called.Error, $"--k is {k}; expected a whole number from 1 to 1000");
    }

    [TestMethod]
    public async Task A_negative_regularization_is_one_message_with_its_key()
    {
        var (train, test) = Split();

        var called = await Called.With("eval", "--train", train, "--test", test, "--k", "1", "--set", "Train:Als:Regularization=-1");

        Assert.AreEqual(2, called.ExitCode, called.ToString());
        StringAssert.StartsWith(called.Error, "Train:Als:Regularization is -1; expected ");
        Assert.AreEqual(1, called.Error.Trim().Split('\n').Length);
    }
}
