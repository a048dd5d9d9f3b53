using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed;

/// <summary>A model that cannot be used is one error that names the file, what was found and what was expected.</summary>
[TestClass]
internal sealed class ModelFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_missing_folder_graph_or_tokenizer_is_named()
    {
        Says(_folder.File("nowhere"), "nowhere", "there is no such folder");
        string model = Model(SmallModel.Graph);
        File.Delete(Path.Combine(model, "vocab.txt"));
        Says(model, model, "no tokenizer", "vocab.txt or tokenizer.json", "model.onnx");
        File.Delete(Path.Combine(model, "model.onnx"));
        Says(model, model, "no model.onnx", "tokenizer_config.json");
    }

    [TestMethod]
    public void A_file_that_is_no_graph_is_named()
    {
        string model = Model(SmallModel.Graph);
        File.WriteAllText(Path.Combine(model, "model.onnx"), "version https://git-lfs.github.com/spec/v1");
        Says(model, "model.onnx", "ONNX Runtime does not load it");
    }

    [TestMethod]
    public void Inputs_of_other_names_shapes_and_types_are_refused()
    {
        Says(Graph(g => g.Input("pixels", OnnxWriter.Float, "batch", "sequence")), "its inputs are pixels", "expected input_ids, attention_mask");
        Says(
            Graph(g => { g.Input("input_ids", OnnxWriter.Int64, "batch", "sequence"); g.Input("pixel_values", OnnxWriter.Float, "batch", "sequence"); }),
            "it takes an input 'pixel_values'");
        Says(Graph(g => g.Input("input_ids", OnnxWriter.Int64, "batch", 128)), "fixed shape [?, 128]", "dynamic axes");
        Says(Graph(g => g.Input("input_ids", OnnxWriter.Int64, "batch", "sequence", "more")), "has 3 dimensions");
        Says(Graph(g => g.Input("input_ids", OnnxWriter.Float, "batch", "sequence")), "'input_ids' is Float", "int64 or int32");
    }

    [TestMethod]
    public void Outputs_that_do_not_fit_the_pooling_are_refused()
    {
        Says(Model(SmallModel.Graph, ("config.json", """{ "pooling": "none" }""")), "last_hidden_state [?, ?, 32]", "texts x floats");
        Says(
            Model(SmallModel.Graph with { Pools = true }, ("config.json", """{ "pooling": "mean" }""")),
            "sentence_embedding [?, 32]", "texts x tokens x floats");
        Says(Model(SmallModel.Graph, ("config.json", """{ "output": "embeddings" }""")), "no output 'embeddings'", "last_hidden_state");
        Says(Graph(g => g.Input("input_ids", OnnxWriter.Int64, "batch", "sequence"), OnnxWriter.Int64), "output 'out' is Int64", "float32 or float16");
    }

    [TestMethod]
    public void A_vocabulary_larger_than_the_embedding_is_refused()
    {
        string model = Model(SmallModel.Graph with { Vocabulary = 50 });
        Says(model, "model.onnx", "the token ids of its tokenizer do not fit", "49", $"a vocabulary of {SmallModel.Vocabulary.Length} tokens");
    }

    [TestMethod]
    public void Texts_longer_than_the_positions_are_refused()
    {
        string model = Model(SmallModel.Graph);
        var e = Assert.ThrowsExactly<TextModelException>(() => Open(model, new EmbedOptions { MaxLength = 65 }));
        StringAssert.Contains(e.Message, "texts of 65 tokens do not fit");
        StringAssert.Contains(e.Message, "Embed:MaxLength");
        Assert.AreEqual(2, e.ExitCode);
    }

    [TestMethod]
    public void Settings_that_ask_for_what_cannot_be_done_are_refused()
    {
        Says(Model(SmallModel.Graph, ("config.json", """{ "pooling": "median" }""")), "config.json", "'median'", "mean, cls, max or none");
        Says(Model(SmallModel.Graph, ("config.json", "{ pooling")), "config.json", "not JSON");
        Says(Model(SmallModel.Graph, ("config.json", "7")), "config.json", "a JSON number");
        Says(Model(SmallModel.Graph, ("1_Pooling/config.json", """{ "pooling_mode_lasttoken": true }""")), "1_Pooling", "'lasttoken'");
        Says(
            Model(SmallModel.Graph, ("1_Pooling/config.json", """{ "pooling_mode_cls_token": true, "pooling_mode_max_tokens": true }""")), "2 ways of pooling");
        Says(
            Model(
                SmallModel.Graph,
                (
                    "modules.json",
                    """[{ "type": "sentence_transformers.models.Transformer" }, { "type": "sentence_transformers.models.Dense", "path": "2_Dense" }]""")),
            "modules.json", "'Dense'", "export that module into the graph");
    }

    private string Model(BertGraph graph, params (string File, string Text)[] settings) =>
        SmallModel.Write(Directory.CreateDirectory(_folder.File($"model{Directory.GetDirectories(_folder.Path).Length}")).FullName, graph, settings);

    /// <summary>A graph that only hands its first input on.</summary>
    private string Graph(Action<OnnxWriter> inputs, int output = OnnxWriter.Float)
    {
        string model = Model(SmallModel.Graph);
        var g = new OnnxWriter();
        inputs(g);
        g.Node("RandomNormal", [], "noise", ("shape", new[] { 2, 3 }));
        g.Node("Cast", ["noise"], "out", ("to", output));
        g.Output("out", output, "batch", "width");
        g.Save(Path.Combine(model, "model.onnx"));
        return model;
    }

    private static void Says(string model, params string[] words)
    {
        var e = Assert.ThrowsExactly<TextModelException>(() => Open(model, new EmbedOptions()));
        foreach (string word in words) StringAssert.Contains(e.Message, word);
        Assert.IsInstanceOfType<ConfigurationException>(e);
    }

    private static void Open(string model, EmbedOptions options)
    {
        options.Device = EmbedDevice.Cpu;
        using var encoder = OnnxTextEncoder.Open(model, options, StageContext.Quiet(1));
    }
}
