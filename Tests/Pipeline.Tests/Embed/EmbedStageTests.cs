using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed;

[TestClass]
internal sealed class EmbedStageTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly LetterCounts _encoder = new();
    private readonly Heard _heard = new();
    private int _nights;

    public void Dispose()
    {
        _folder.Dispose();
        _encoder.Dispose();
    }

    [TestMethod]
    public void Every_item_with_text_gets_its_vector_and_equal_texts_are_embedded_once()
    {
        var content = Night(["red mug", null, "lamp", "red mug", "  "]);

        CollectionAssert.AreEqual(new[] { "red mug", null, "lamp", "red mug", null }, content.Texts);
        CollectionAssert.AreEquivalent(new[] { "red mug", "lamp" }, _encoder.Seen);
        CollectionAssert.AreEqual(_encoder.Vector("lamp"), content.Text!.Vectors.Row(2).ToArray());
        CollectionAssert.AreEqual(content.Text.Vectors.Row(0).ToArray(), content.Text.Vectors.Row(3).ToArray());
        CollectionAssert.AreEqual(new float[4], content.Text.Vectors.Row(1).ToArray());
        Assert.AreEqual((3.0, 2.0, 0.0), (_heard.Metrics["embed.items"], _heard.Metrics["embed.encoded"], _heard.Metrics["embed.cached"]));
    }

    [TestMethod]
    public void A_night_over_an_unchanged_catalog_embeds_nothing_and_changes_no_byte()
    {
        Night(["red mug", "lamp", "tea"]);
        byte[] first = File.ReadAllBytes(_folder.File("1", EmbedArtifacts.Content));
        _encoder.Seen.Clear();
        Night(["red mug", "lamp", "tea"]);

        Assert.AreEqual(0, _encoder.Seen.Count);
        Assert.AreEqual(0, _encoder.Calls - 1);
        Assert.AreEqual((0.0, 3.0), (_heard.Metrics["embed.encoded"], _heard.Metrics["embed.cached"]));
        CollectionAssert.AreEqual(first, File.ReadAllBytes(_folder.File("2", EmbedArtifacts.Content)));
    }

    [TestMethod]
    public void A_changed_title_embeds_that_item_again()
    {
        Night(["red mug", "lamp", "tea"]);
        _encoder.Seen.Clear();
        var content = Night(["red mug", "blue lamp", "tea"]);

        CollectionAssert.AreEqual(new[] { "blue lamp" }, _encoder.Seen);
        CollectionAssert.AreEqual(_encoder.Vector("blue lamp"), content.Text!.Vectors.Row(1).ToArray());
        CollectionAssert.AreEqual(_encoder.Vector("tea"), content.Text.Vectors.Row(2).ToArray());
    }

    [TestMethod]
    public void A_text_that_comes_back_is_known_for_the_nights_that_it_is_kept_alone()
    {
        var options = new EmbedOptions { CacheNights = 2 };
        Night(["red mug", "lamp"], options);
        for (int night = 0; night < 2; night++) Night(["red mug"], options);
        _encoder.Seen.Clear();
        Night(["red mug", "lamp"], options);
        Assert.AreEqual(0, _encoder.Seen.Count);

        for (int night = 0; night < 3; night++) Night(["red mug"], options);
        Night(["red mug", "lamp"], options);
        CollectionAssert.AreEqual(new[] { "lamp" }, _encoder.Seen);
    }

    [TestMethod]
    public void A_damaged_cache_is_made_anew_with_a_note()
    {
        Night(["red mug", "lamp"]);
        string cache = _folder.File("1", EmbedArtifacts.Cache);
        var bytes = File.ReadAllBytes(cache);
        bytes[^40] ^= 4;
        File.WriteAllBytes(cache, bytes);
        _encoder.Seen.Clear();
        Night(["red mug", "lamp"]);

        Assert.AreEqual(2, _encoder.Seen.Count);
        StringAssert.Contains(_heard.Notes.Single(), "cache of embeddings cannot be used");
        _encoder.Seen.Clear();
        Night(["red mug", "lamp"]);
        Assert.AreEqual(0, _encoder.Seen.Count);
    }

    [TestMethod]
    [DataRow("another", "cpu")]
    [DataRow("0123456789abcdef0123456789abcdef", "cuda:0")]
    public void Vectors_of_another_model_or_kind_of_device_are_not_taken(string model, string provider)
    {
        Night(["red mug", "lamp"]);
        _encoder.Seen.Clear();
        (_encoder.ModelHash, _encoder.Provider) = (model.PadRight(32, '0'), provider);
        Night(["red mug", "lamp"]);

        Assert.AreEqual(2, _encoder.Seen.Count);
        StringAssert.Contains(_heard.Notes.Single(), "another");
    }

    [TestMethod]
    public void Fields_are_put_together_in_the_order_that_is_asked_for()
    {
        var catalog = new Catalog
        {
            Titles = [" FROZEN PIZZA ", null],
            Brands = ["Private", null],
            Categories = ["GROCERY/FROZEN", null],
            Texts = ["32 OZ", null],
            Prices = new double[2],
            Available = new bool[2],
            TextHashes = new ulong[2],
        };
        Assert.AreEqual("FROZEN PIZZA, Private, GROCERY FROZEN, 32 OZ", ItemText.Of(catalog, new EmbedOptions().Fields)[0]);
        Assert.AreEqual("GROCERY FROZEN, FROZEN PIZZA", ItemText.Of(catalog, [ItemText.Category, ItemText.Title])[0]);
        Assert.IsNull(ItemText.Of(catalog, ItemText.Fields)[1]);
    }

    [TestMethod]
    public void Text_that_is_off_leaves_the_words_and_no_vectors()
    {
        var content = Night(["red mug", null], new EmbedOptions { Model = "none" });

        CollectionAssert.AreEqual(new[] { "red mug", null }, content.Texts);
        Assert.IsNull(content.Text);
        Assert.AreEqual(0, _encoder.Calls);
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        var check = new OptionsCheck("Embed");
        new EmbedOptions
        {
            Model = "/no/such/folder",
            Fields = ["title", "colour"],
            GpuId = -1,
            GpuMemoryMb = 5,
            MaxLength = 3,
            BatchTokens = 0,
            CacheNights = -1,
            Quality = new TextQualityOptions { MaxUnknown = 2, UnknownShare = new() { WarnAbove = 0.3, FailAbove = 0.2 } },
        }.Validate(check);

        string faults = string.Join('\n', check.Faults);
        foreach (string key in (
            string[])["Embed:Model", "Embed:Fields:1", "Embed:GpuId", "Embed:GpuMemoryMb", "Embed:MaxLength", "Embed:BatchTokens", "Embed:CacheNights",
            "Embed:Quality:MaxUnknown", "Embed:Quality:UnknownShare:FailAbove"])
        {
            StringAssert.Contains(faults, key);
        }
        Assert.AreEqual(9, check.Faults.Count);
    }

    /// <summary>One night after the other, each with the cache of the one before.</summary>
    private ItemContent Night(string?[] titles, EmbedOptions? options = null)
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
        string? last = _nights == 0 ? null : _folder.File($"{_nights}");
        string folder = Directory.CreateDirectory(_folder.File($"{++_nights}")).FullName;
        _heard.Notes.Clear();
        var content = new EmbedStage(options ?? new EmbedOptions(), (_, _) => _encoder)
            .Run(catalog, last, folder, StageContext.Quiet(2) with { Progress = _heard }).Content;
        EmbedArtifacts.WriteContent(folder, content);
        var read = EmbedArtifacts.ReadContent(folder);
        CollectionAssert.AreEqual(content.Texts, read.Texts);
        if (content.Text is { } text) CollectionAssert.AreEqual(text.Vectors.Values, read.Text!.Vectors.Values);
        return content;
    }

    /// <summary>Vectors that can be told beforehand.</summary>
    private sealed class LetterCounts : ITextEncoder
    {
        public int Dimension => 4;

        public string ModelHash { get; set; } = "0123456789abcdef0123456789abcdef";

        public string Provider { get; set; } = "cpu";

        public List<string> Seen { get; } = [];

        public int Calls { get; private set; }

        public float[] Vector(string text)
        {
            var rows = new FactorMatrix(1, Dimension);
            foreach (char c in text) rows.Row(0)[c % Dimension]++;
            return EmbeddingTable.Normalize(rows).Vectors.Row(0).ToArray();
        }

        public FactorMatrix Encode(IReadOnlyList<string> texts, StageContext context)
        {
            Calls++;
            Seen.AddRange(texts);
            var rows = new FactorMatrix(texts.Count, Dimension);
            for (int i = 0; i < texts.Count; i++) Vector(texts[i]).CopyTo(rows.Row(i));
            return rows;
        }

        /// <summary>Knows words of ASCII letters alone.</summary>
        public TextCoverage[] Cover(IReadOnlyList<string> texts, StageContext context) => [.. texts.Select(t =>
        {
            string[] words = t.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int known = words.Count(w => w.All(char.IsAsciiLetter));
            return new TextCoverage(known, words.Count(w => w.Any(char.IsLetter)) - known);
        })];

        public void Dispose()
        {
        }
    }
}
