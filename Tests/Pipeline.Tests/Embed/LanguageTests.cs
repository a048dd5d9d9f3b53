using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tokenize;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Embed;

[TestClass]
internal sealed class LanguageTests
{
    private static readonly string[] Chinese = ["红色杯子", "蓝色台灯", "绿色蜡烛", "白色茶壶"];

    private static readonly string[] Arabic = ["كوب أحمر", "مصباح أزرق", "شمعة خضراء", "إبريق أبيض"];

    private static readonly string[] English =
        ["red mug", "blue lamp", "green candle", "white teapot", "wooden spoon", "cotton towel", "paper lantern", "glass bowl", "iron hook", "silk scarf"];

    [TestMethod]
    public void Text_of_unknown_words_has_no_vector_and_the_gate_names_the_remedy()
    {
        var result = Read([.. Chinese, .. Arabic, .. English]);

        var text = result.Content.Text!;
        for (int i = 0; i < text.Items; i++) Assert.AreEqual(i >= 8, text.Vectors.Row(i).ContainsAnyExcept(0f), result.Content.Texts[i]);
        var unknown = result.Checks.Single(c => c.Name == "data.text.unknown_share");
        Assert.AreEqual(ConstraintLevel.Warn, unknown.Level);
        StringAssert.Contains(unknown.Message, "8 of 18 items have no vector");
        StringAssert.Contains(unknown.Message, "Embed:Model=FOLDER (docs/text.md)");
        // Four of the eight titles have as many words as another, and nothing else tells them apart.
        var shared = result.Checks.Single(c => c.Name == "data.text.shared_share");
        Assert.AreEqual((8 / 18.0, ConstraintLevel.Warn), (shared.Value, shared.Level), shared.Message);
    }

    [TestMethod]
    public void Text_of_a_language_that_the_encoder_knows_passes()
    {
        var result = Read([.. English, "RED MUG", "red  mug."]);

        Assert.IsTrue(result.Checks.All(c => c.Level == ConstraintLevel.Pass), string.Join('\n', result.Checks.Select(c => c.Message)));
        Assert.AreEqual((0.0, 0.0), (result.Checks[0].Value, result.Checks[1].Value));
    }

    [TestMethod]
    public void Text_that_is_mostly_known_keeps_its_vector_by_option()
    {
        string[] titles = [.. English, "红色杯子 mug", "mug with 红", "501"];
        bool[] Has(double most) => [.. Rows(Read(titles, new() { MaxUnknown = most })).Select(r => r.Any(x => x != 0)).TakeLast(3)];

        CollectionAssert.AreEqual(new[] { false, true, true }, Has(0.5));
        CollectionAssert.AreEqual(new[] { true, true, true }, Has(1));
        CollectionAssert.AreEqual(new[] { false, false, true }, Has(0));
    }

    [TestMethod]
    public void Shop_whose_every_text_is_unknown_goes_on_without_text()
    {
        var result = Read([.. Chinese, .. Arabic]);

        Assert.IsNull(result.Content.Text);
        Assert.AreEqual("红色杯子", result.Content.Texts[0]);
        Assert.AreEqual(1, result.Checks[0].Value);
    }

    [TestMethod]
    public void Model_that_gives_every_text_one_vector_is_named_and_not_used()
    {
        using var broken = new OneVector();
        var result = Read(English, encoder: broken);

        Assert.IsNull(result.Content.Text);
        StringAssert.Contains(result.Checks.Single(c => c.Name == "data.text.one_vector").Message, "gives every text one vector");
    }

    [TestMethod]
    public void A_bound_that_fails_refuses()
    {
        var result = Read([.. Chinese, .. English], new() { UnknownShare = new() { FailAbove = 0.1 } });

        Assert.AreEqual(ConstraintLevel.Fail, result.Checks.Single(c => c.Name == "data.text.unknown_share").Level);
    }

    [TestMethod]
    public void Cover_counts_words_and_no_numbers_punctuation_or_special_tokens()
    {
        var tokenizer = Tokenizers.Open(ShippedEncoder.Find()!);

        Assert.AreEqual(new TextCoverage(2, 0), tokenizer.Cover("red mug, 12!", new int[64]));
        Assert.AreEqual(new TextCoverage(0, 4), tokenizer.Cover("红色杯子, 500", new int[64]));
        Assert.AreEqual(new TextCoverage(0, 0), tokenizer.Cover("501", new int[64]));
    }

    private static IEnumerable<float[]> Rows(EmbedResult result) =>
        Enumerable.Range(0, result.Content.Texts.Length).Select(i => result.Content.Text!.Vectors.Row(i).ToArray());

    private static EmbedResult Read(string[] titles, TextQualityOptions? quality = null, ITextEncoder? encoder = null)
    {
        var catalog = new Catalog
        {
            Titles = titles,
            Brands = new string?[titles.Length],
            Categories = new string?[titles.Length],
            Prices = new double[titles.Length],
            Available = new bool[titles.Length],
            TextHashes = new ulong[titles.Length],
        };
        var options = new EmbedOptions { Device = EmbedDevice.Cpu, Quality = quality ?? new() };
        var stage = encoder is null ? new EmbedStage(options) : new EmbedStage(options, (_, _) => encoder);
        return stage.Run(catalog, null, null, StageContext.Quiet(1));
    }

    /// <summary>What a graph gives whose weights were lost.</summary>
    private sealed class OneVector : ITextEncoder
    {
        public int Dimension => 2;

        public string ModelHash => "0123456789abcdef0123456789abcdef";

        public string Provider => "cpu";

        public TextCoverage[] Cover(IReadOnlyList<string> texts, StageContext context) => [.. texts.Select(_ => new TextCoverage(1, 0))];

        public FactorMatrix Encode(IReadOnlyList<string> texts, StageContext context)
        {
            var rows = new FactorMatrix(texts.Count, Dimension);
            for (int i = 0; i < texts.Count; i++) rows.Row(i)[0] = 1;
            return rows;
        }

        public void Dispose()
        {
        }
    }
}
