using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed;

[TestClass]
internal sealed class OnnxTextEncoderTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private int _models;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    [DataRow(false, false, false)]
    [DataRow(true, false, false)]
    [DataRow(true, true, false)]
    [DataRow(false, false, true)]
    [DataRow(true, true, true)]
    public void A_text_has_the_same_bits_alone_among_others_and_on_any_threads(bool pools, bool projects, bool quantized)
    {
        string model = Model(SmallModel.Graph with { Pools = pools, Projects = projects, Quantized = quantized });
        var texts = SmallModel.Texts(150).Distinct().ToArray();
        var expected = Encode(model, texts, new EmbedOptions { BatchTokens = 4_096 }, threads: 1);

        using var small = Open(model, new EmbedOptions { BatchTokens = 64 });
        AreSameBits(expected, small.Encode(texts, StageContext.Quiet(4)), row => row);
        AreSameBits(expected, small.Encode([.. texts.Reverse()], StageContext.Quiet(3)), row => texts.Length - 1 - row);
        for (int i = 0; i < 20; i++) AreSameBits(expected, small.Encode([texts[i]], StageContext.Quiet(2)), _ => i, rows: 1);
    }

    [TestMethod]
    public void Texts_run_alone_where_the_graph_quantizes_activations_not_elsewhere()
    {
        Assert.AreEqual(RowRule.Alone, Rule(SmallModel.Graph with { Quantized = true }));
        Assert.AreNotEqual(RowRule.Alone, Rule(SmallModel.Graph));
        Assert.AreNotEqual(RowRule.Alone, Rule(SmallModel.Graph with { Pools = true, Projects = true }));

        RowRule Rule(BertGraph graph)
        {
            using var settings = GraphSession.OneThreadEach();
            using var session = new GraphSession(ModelFolder.Open(Model(graph)), settings);
            return RowIndependence.Of(session, SmallModel.Vocabulary.Length, 48);
        }
    }

    [TestMethod]
    public void Vectors_are_of_unit_length_and_a_text_that_says_nothing_has_zeros()
    {
        var vectors = Encode(Model(SmallModel.Graph), ["red mug", "", "  \n", "blue lamp", "\u0000"]);

        Assert.AreEqual(32, vectors.Rank);
        foreach (int row in (int[])[0, 3]) Assert.AreEqual(1, Square(vectors.Row(row)), 1e-6);
        foreach (int row in (int[])[1, 2, 4]) Assert.AreEqual(0, Square(vectors.Row(row)));
        AreNotClose(vectors.Row(0), vectors.Row(3));
    }

    [TestMethod]
    public void Inputs_of_int32_and_pooling_graphs_give_the_same_vectors_halves_nearly()
    {
        var texts = SmallModel.Texts(40);
        var plain = Encode(Model(SmallModel.Graph), texts);

        AreClose(plain, Encode(Model(SmallModel.Graph with { Narrow = true }), texts), 0);
        AreClose(plain, Encode(Model(SmallModel.Graph with { Pools = true }), texts), 1e-5);
        AreClose(plain, Encode(Model(SmallModel.Graph with { Half = true }), texts), 2e-3);
        AreClose(plain, Encode(Model(SmallModel.Graph with { Quantized = true }), texts), 0.1);
        Assert.AreEqual(32, Encode(Model(SmallModel.Graph with { TokenTypes = false }), texts).Rank);
    }

    [TestMethod]
    [DataRow("1_Pooling/config.json", """{ "pooling_mode_cls_token": true, "pooling_mode_mean_tokens": false }""", "cls")]
    [DataRow("1_Pooling/config.json", """{ "pooling_mode_max_tokens": true }""", "max")]
    [DataRow("1_Pooling/config.json", """{ "pooling_mode_mean_tokens": true }""", "mean")]
    [DataRow("1_Pooling/config.json", """{ "pooling_mode": "cls" }""", "cls")]
    [DataRow("config.json", """{ "pooling": "cls", "hidden_size": 32 }""", "cls")]
    [DataRow("config.json", """{ "hidden_size": 32 }""", "mean")]
    public void Pooling_is_what_the_settings_say_and_the_mean_where_they_do_not(string file, string text, string pooling)
    {
        string model = Model(SmallModel.Graph, (file, text));
        var vector = Encode(model, ["red mug with tea"]).Row(0).ToArray();

        foreach (string other in (string[])["mean", "cls", "max"])
        {
            var named = Encode(Model(SmallModel.Graph, ("config.json", $$"""{ "pooling": "{{other}}" }""")), ["red mug with tea"]).Row(0);
            if (other == pooling) CollectionAssert.AreEqual(named.ToArray(), vector, other);
            else AreNotClose(named, vector);
        }
    }

    [TestMethod]
    public void Texts_are_cut_off_at_the_first_length_that_is_named()
    {
        string words = string.Join(' ', Enumerable.Repeat("tea", 60));
        string model = Model(SmallModel.Graph, ("sentence_bert_config.json", """{ "max_seq_length": 16 }"""));
        using var own = Open(model);
        using var asked = Open(model, new EmbedOptions { MaxLength = 32 });
        using var open = Open(Model(SmallModel.Graph));

        Assert.AreEqual((16, 32, 48), (own.MaxLength, asked.MaxLength, open.MaxLength));
        var cut = own.Encode([words, string.Join(' ', Enumerable.Repeat("tea", 14))], StageContext.Quiet(1));
        CollectionAssert.AreEqual(cut.Row(0).ToArray(), cut.Row(1).ToArray());
        Assert.AreNotEqual(own.ModelHash, asked.ModelHash);
    }

    [TestMethod]
    public void The_models_hash_is_that_of_its_files_wherever_they_lie()
    {
        string one = Model(SmallModel.Graph), two = Model(SmallModel.Graph), other = Model(SmallModel.Graph with { Seed = 8 });
        Assert.AreEqual(Hash(one), Hash(two));
        Assert.AreNotEqual(Hash(one), Hash(other));
        File.AppendAllText(Path.Combine(two, "vocab.txt"), "");
        File.WriteAllText(Path.Combine(two, "tokenizer_config.json"), """{ "do_lower_case": false, "model_max_length": 48 }""");
        Assert.AreNotEqual(Hash(one), Hash(two));

        string Hash(string model)
        {
            using var encoder = Open(model);
            return encoder.ModelHash;
        }
    }

    [TestMethod]
    public void A_graph_in_the_folder_onnx_is_found_and_progress_and_padding_are_told()
    {
        string model = Model(SmallModel.Graph);
        Directory.CreateDirectory(Path.Combine(model, "onnx"));
        File.Move(Path.Combine(model, "model.onnx"), Path.Combine(model, "onnx", "model.onnx"));
        var heard = new Heard();
        using var encoder = Open(model);

        encoder.Encode(SmallModel.Texts(70), StageContext.Quiet(2) with { Progress = heard });

        Assert.AreEqual((70L, 70L, "texts"), heard.Steps.Select(s => (s.Done, s.Total, s.Unit)).Last());
        Assert.IsTrue(heard.Metrics["embed.tokens"] > 140, "each text has a start and an end");
        Assert.IsTrue(heard.Metrics["embed.padding_share"] is >= 0 and < 0.2);
    }

    [TestMethod]
    public void Cancelled_means_no_further_batch()
    {
        using var encoder = Open(Model(SmallModel.Graph), new EmbedOptions { BatchTokens = 64 });
        using var source = new CancellationTokenSource();
        var heard = new Heard { OnStep = done => { if (done > 10) source.Cancel(); } };

        Assert.ThrowsExactly<OperationCanceledException>(
            () => encoder.Encode(SmallModel.Texts(500), StageContext.Quiet(2, cancellation: source.Token) with { Progress = heard }));
        Assert.IsTrue(heard.Steps[^1].Done < 400);
    }

    private string Model(BertGraph graph, params (string File, string Text)[] settings) => SmallModel.Write(_folder.File($"model{_models++}"), graph, settings);

    private static OnnxTextEncoder Open(string model, EmbedOptions? options = null)
    {
        options ??= new EmbedOptions();
        options.Device = EmbedDevice.Cpu;
        return OnnxTextEncoder.Open(model, options, StageContext.Quiet(2));
    }

    private static FactorMatrix Encode(string model, IReadOnlyList<string> texts, EmbedOptions? options = null, int threads = 2)
    {
        using var encoder = Open(model, options);
        return encoder.Encode(texts, StageContext.Quiet(threads));
    }

    private static void AreSameBits(FactorMatrix expected, FactorMatrix found, Func<int, int> rowOf, int rows = -1)
    {
        for (int row = 0; row < (rows < 0 ? expected.Rows : rows); row++)
            Assert.IsTrue(MemoryMarshal.AsBytes(expected.Row(rowOf(row))).SequenceEqual(MemoryMarshal.AsBytes(found.Row(row))), $"row {row}");
    }

    private static void AreClose(FactorMatrix expected, FactorMatrix found, double tolerance)
    {
        for (int row = 0; row < expected.Rows; row++)
            Assert.IsTrue(Distance(expected.Row(row), found.Row(row)) <= tolerance, $"row {row}: {Distance(expected.Row(row), found.Row(row))}");
    }

    private static void AreNotClose(ReadOnlySpan<float> a, ReadOnlySpan<float> b) => Assert.IsTrue(Distance(a, b) > 1e-3);

    private static double Distance(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        double square = 0;
        for (int k = 0; k < a.Length; k++) square += Math.Pow((double)a[k] - b[k], 2);
        return Math.Sqrt(square);
    }

    private static double Square(ReadOnlySpan<float> a) => Math.Pow(Distance(a, new float[a.Length]), 2);
}
