using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Embed.Quantize;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed.Quantize;

/// <summary>What cannot be quantized, and int8 graphs that must not be run, are told with what to do.</summary>
[TestClass]
internal sealed class QuantizerRefusalTests : IDisposable
{
    private static readonly string[] Texts = SmallModel.Texts(200);

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void A_graph_that_is_quantized_already_is_refused() =>
        Says(() => Quantize(Model(SmallModel.Graph with { Quantized = true })), "quantized already", "DynamicQuantizeLinear", "float32 or float16 graph");

    [TestMethod]
    public void A_graph_without_products_by_constants_is_refused()
    {
        string model = Model(SmallModel.Graph);
        var g = new OnnxWriter();
        g.Input("input_ids", OnnxWriter.Int64, "batch", "sequence");
        g.Node("Gather", [g.Weights(new float[SmallModel.Vocabulary.Length * 2], SmallModel.Vocabulary.Length, 2), "input_ids"], "out", ("axis", 0));
        g.Output("out", OnnxWriter.Float, "batch", "sequence", 2);
        g.Save(Path.Combine(model, "model.onnx"));
        Says(() => Quantize(model), "none of its 1 nodes is a MatMul by a constant matrix");
    }

    [TestMethod]
    public void Too_few_texts_are_refused() => Says(() => EncoderQuantizer.Write(
        Model(SmallModel.Graph), null, [.. Texts.Distinct().Take(49), .. Texts.Distinct().Take(49), " "], 0.9, new EmbedOptions(), StageContext.Quiet(1)),
        "fewer than 50 different texts");

    [TestMethod]
    public void An_int8_graph_of_another_program_is_not_overwritten()
    {
        string model = Model(SmallModel.Graph);
        (SmallModel.Graph with { Quantized = true }).Save(Path.Combine(model, ModelFolder.Int8Graph));
        Says(() => Quantize(model), "model_int8.onnx was made by another program");
        using var encoder = Open(model, EmbedPrecision.Int8);
        Assert.AreEqual(32, encoder.Dimension, "it runs, since nothing is known against it");
    }

    [TestMethod]
    public void A_folder_that_holds_files_is_not_written_to()
    {
        string full = Directory.CreateDirectory(_folder.File("full")).FullName;
        File.WriteAllText(Path.Combine(full, "a"), "a");
        Says(
            () => EncoderQuantizer.Write(Model(SmallModel.Graph), full, Texts, 0.9, new EmbedOptions(), StageContext.Quiet(1)),
            "--out", "holds files already");
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Of_a_copy_that_fails_nothing_stays(bool isThere)
    {
        string to = _folder.File("copy");
        if (isThere) Directory.CreateDirectory(to);
        // The graph comes last, to a folder that is not there.
        var place = new Int8Place(
            ModelFolder.Open(Model(SmallModel.Graph), EmbedPrecision.Float32), to, Path.Combine(to, "nowhere", ModelFolder.Int8Graph), Copies: true);
        Assert.ThrowsExactly<DirectoryNotFoundException>(() => place.Write([1]));
        Assert.AreEqual(isThere, Directory.Exists(to));
        if (isThere) Assert.IsEmpty(Directory.GetFileSystemEntries(to));
    }

    [TestMethod]
    public void Of_a_copy_that_fails_what_another_put_there_stays()
    {
        string to = _folder.File("copy");
        var model = ModelFolder.Open(Model(SmallModel.Graph), EmbedPrecision.Float32);
        var place = Int8Place.Of(model, to);
        string others = Path.Combine(Directory.CreateDirectory(to).FullName, model.Companions().Last());
        File.WriteAllText(others, "another's");
        Assert.ThrowsExactly<IOException>(() => place.Write([1]));
        CollectionAssert.AreEqual(new[] { others }, Directory.GetFiles(to, "*", SearchOption.AllDirectories));
        Assert.AreEqual("another's", File.ReadAllText(others));
    }

    [TestMethod]
    public void Int8_without_its_graph_says_which_command_makes_it()
    {
        string model = Model(SmallModel.Graph);
        Says(() => ModelFolder.Open(model, EmbedPrecision.Int8), "there is no model_int8.onnx", $"quantize-encoder --model {model} --texts");
        Quantize(model);
        File.Delete(Path.Combine(model, "model.onnx"));
        Says(() => ModelFolder.Open(model, EmbedPrecision.Float32), "there is no model.onnx in it", "model_int8.onnx");
        Says(() => ModelFolder.Open(model, EmbedPrecision.Int8), "the model.onnx that it was made of is not the one beside it", "quantize-encoder");
    }

    [TestMethod]
    public void Int8_of_another_float_graph_than_the_one_beside_it_is_refused()
    {
        string model = Model(SmallModel.Graph);
        Quantize(model);
        (SmallModel.Graph with { Seed = 9 }).Save(Path.Combine(model, "model.onnx"));
        Says(() => Open(model, EmbedPrecision.Int8), "is not the one beside it", "make it again");
        Quantize(model);
        using var again = Open(model, EmbedPrecision.Int8);
    }

    [TestMethod]
    public void Vectors_in_float_keep_their_hash_beside_an_int8_graph()
    {
        string model = Model(SmallModel.Graph);
        string before = ModelFolder.Open(model).Hash(48);
        Quantize(model);

        Assert.AreEqual(before, ModelFolder.Open(model).Hash(48));
        Assert.AreEqual(before, ModelFolder.Open(model, EmbedPrecision.Float32).Hash(48));
        var int8 = ModelFolder.Open(model, EmbedPrecision.Int8);
        Assert.AreNotEqual(before, int8.Hash(48));
        CollectionAssert.IsSubsetOf(new[] { "model.onnx", "model_int8.onnx" }, int8.Fingerprints().Keys, "constants of one are in the other");
    }

    [TestMethod]
    public void Int8_and_CUDA_exclude_each_other()
    {
        var check = new OptionsCheck("Embed");
        new EmbedOptions { Precision = EmbedPrecision.Int8, Device = EmbedDevice.Cuda }.Validate(check);
        StringAssert.Contains(string.Join('\n', check.Faults), "Embed:Precision");
    }

    private string Model(BertGraph graph) => SmallModel.Write(Directory.CreateDirectory(_folder.File("model")).FullName, graph);

    private static QuantizationReport Quantize(string model) => EncoderQuantizer.Write(model, null, Texts, 0.9, new EmbedOptions(), StageContext.Quiet(1));

    private static OnnxTextEncoder Open(string model, EmbedPrecision precision) =>
        OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu, Precision = precision }, StageContext.Quiet(1));

    private static void Says(Action action, params string[] words)
    {
        var e = Assert.Throws<ConfigurationException>(action);
        foreach (string word in words) StringAssert.Contains(e.Message, word);
    }
}
