using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Onnx;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Embed.Graphs;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed;

[TestClass]
internal sealed class PromptTests : IDisposable
{
    private const string File = ModelPrompts.File;

    private readonly TempFolder _folder = new();
    private int _models;

    public void Dispose() => _folder.Dispose();

    [TestMethod]
    public void Prompt_of_the_model_stands_before_texts_by_default_or_by_name()
    {
        const string Prompts = """ "prompts": { "query": "tea tin: ", "passage": "cake: " } """;
        string plain = Model(), named = Model((File, $"{{ {Prompts} }}")), byDefault = Model((File, $"{{ {Prompts}, \"default_prompt_name\": \"query\" }}"));
        var without = Vector(plain, "red mug");
        var query = Vector(plain, "tea tin: red mug");

        CollectionAssert.AreEqual(without, Vector(named, "red mug"));
        CollectionAssert.AreEqual(query, Vector(byDefault, "red mug"));
        CollectionAssert.AreEqual(query, Vector(named, "red mug", "query"));
        CollectionAssert.AreEqual(Vector(plain, "cake: red mug"), Vector(byDefault, "red mug", "passage"));
        CollectionAssert.AreEqual(without, Vector(byDefault, "red mug", "none"));
        CollectionAssert.AreEqual(query, Vector(plain, "red mug", "tea tin: "));
        CollectionAssert.AreNotEqual(without, query);
    }

    [TestMethod]
    public void Prompt_gives_no_vector_to_a_text_that_says_nothing()
    {
        string model = Model();

        CollectionAssert.AreEqual(new float[32], Vector(model, "  ", "query: "));
        CollectionAssert.AreEqual(new float[32], Vector(model, "\u0000", "query: "));
    }

    [TestMethod]
    public void Prompt_is_part_of_what_the_cache_goes_by()
    {
        string model = Model();

        Assert.AreNotEqual(Hash(""), Hash("query: "));
        Assert.AreEqual(Hash(""), Hash("none"));

        string Hash(string prompt)
        {
            using var encoder = Open(model, prompt);
            return encoder.ModelHash;
        }
    }

    [TestMethod]
    [DataRow("qery", "{ \"prompts\": { \"query\": \"q: \" } }", "Embed:Prompt is 'qery'", "(query)")]
    [DataRow("query", "{ }", "Embed:Prompt is 'query'", "names no prompts")]
    [DataRow("", "{ \"prompts\": { \"query\": \"q: \" }, \"default_prompt_name\": \"document\" }", "default_prompt_name is 'document'", "query")]
    public void Prompt_that_the_model_does_not_have_is_named(string asked, string config, params string[] words)
    {
        string model = Model((File, config));
        try
        {
            using var encoder = Open(model, asked);
            Assert.Fail("the encoder opened");
        }
        catch (ConfigurationException e)
        {
            foreach (string word in words) StringAssert.Contains(e.Message, word);
        }
    }

    [TestMethod]
    public void Prompt_that_is_not_pooled_or_leaves_no_room_is_refused()
    {
        string model = Model(("1_Pooling/config.json", """{ "pooling_mode_mean_tokens": true, "include_prompt": false }"""));
        var e = Assert.ThrowsExactly<TextModelException>(() => Vector(model, "red mug", "query: "));
        StringAssert.Contains(e.Message, "Embed:Prompt=none");
        Assert.HasCount(32, Vector(model, "red mug"));

        var full = Assert.ThrowsExactly<ConfigurationException>(() => Vector(Model(), "red mug", string.Join(' ', Enumerable.Repeat("tea", 60))));
        StringAssert.Contains(full.Message, "leaves no room");
    }

    [TestMethod]
    [DataRow("model_quantized.onnx")]
    [DataRow("onnx/model_quantized.onnx")]
    public void Graph_that_was_quantized_is_found_where_there_is_no_other(string file)
    {
        string model = Model();
        var expected = Vector(model, "red mug");
        string moved = Path.Combine(model, file);
        Directory.CreateDirectory(Path.GetDirectoryName(moved)!);
        System.IO.File.Move(Path.Combine(model, "model.onnx"), moved);

        CollectionAssert.AreEqual(expected, Vector(model, "red mug"));
        Assert.Contains(file, ModelFolder.Open(model).Fingerprints().Keys);

        string before = ModelFolder.Open(model).Hash(48);
        (SmallModel.Graph with { Seed = 9 }).Save(moved);
        Assert.AreNotEqual(before, ModelFolder.Open(model).Hash(48), "other weights are another model");
        SmallModel.Graph.Save(Path.Combine(model, "model.onnx"));
        StringAssert.EndsWith(ModelFolder.Open(model).Graph, Path.DirectorySeparatorChar + "model.onnx");
    }

    private static float[] Vector(string model, string text, string prompt = "")
    {
        using var encoder = Open(model, prompt);
        return encoder.Encode([text], StageContext.Quiet(1)).Row(0).ToArray();
    }

    private static OnnxTextEncoder Open(string model, string prompt) =>
        OnnxTextEncoder.Open(model, new EmbedOptions { Device = EmbedDevice.Cpu, Prompt = prompt }, StageContext.Quiet(1));

    private string Model(params (string File, string Text)[] settings) =>
        SmallModel.Write(Directory.CreateDirectory(_folder.File($"model{++_models}")).FullName, SmallModel.Graph, settings);
}
