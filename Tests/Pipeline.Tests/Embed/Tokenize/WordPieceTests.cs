using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tokenize;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tokenize;

[TestClass]
internal sealed class WordPieceTests
{
    private static readonly Lazy<ITokenizer> Uncased = new(() => Open(null));

    [TestMethod]
    public void Twelve_thousand_titles_and_the_nasty_set_get_the_ids_of_the_reference() => GoldenFile.Read("wordpiece.json.gz").AssertEqual(Uncased.Value);

    [TestMethod]
    public void A_cased_model_keeps_case_accents_and_runs_of_chinese()
        => GoldenFile.Read("wordpiece-cased.json.gz")
            .AssertEqual(Open("""{ "do_lower_case": false, "strip_accents": null, "tokenize_chinese_chars": false }"""));

    /// <summary>
    /// The JavaScript tokenizers lower a sigma at a word's end to another letter, take UTF-16 units for characters, so that Chinese beyond the first plane is
    /// not set apart, and know punctuation that is younger than the reference's tables. Models are trained with the Rust ones, so theirs are the ids that
    /// count.
    /// </summary>
    [TestMethod]
    public void The_javascript_tokenizers_agree_on_titles_and_differ_where_known_to()
    {
        var golden = GoldenFile.Read("wordpiece.json.gz");
        Assert.AreEqual(0, golden.TitlesThatDiffer.Count);
        CollectionAssert.AreEqual(
            new[] { "ΟΔΥΣΣΕΥΣ Σ σς", "𠀀𠮷𪜀 豈 你", "\u2e43\u2e55" },
            golden.Texts.Where(t => t.JavaScript is not null).Select(t => t.Text).ToArray());
    }

    [TestMethod]
    public void What_does_not_fit_is_cut_off_behind_and_the_end_token_stays()
    {
        var whole = GoldenFile.Encode(Uncased.Value, "red retrospot unaffable cake tin");
        for (int room = 2; room < whole.Length + 3; room++)
        {
            int[] expected = room >= whole.Length ? whole : [.. whole[..(room - 1)], whole[^1]];
            CollectionAssert.AreEqual(expected, GoldenFile.Encode(Uncased.Value, "red retrospot unaffable cake tin", room));
        }
        Assert.ThrowsExactly<ArgumentException>(() => Uncased.Value.Encode("a", new int[1]));
    }

    [TestMethod]
    public void An_unknown_word_at_the_cut_is_one_token()
    {
        var ids = GoldenFile.Encode(Uncased.Value, "cake playing\u2603", 4);
        CollectionAssert.AreEqual(new[] { 101, 9850, 100, 102 }, ids);
    }

    [TestMethod]
    public void Many_threads_get_the_ids_of_one()
    {
        var titles = GoldenFile.Titles()[..2000];
        var expected = titles.Select(t => GoldenFile.Encode(Uncased.Value, t)).ToArray();
        Parallel.For(0, titles.Length, i => CollectionAssert.AreEqual(expected[i], GoldenFile.Encode(Uncased.Value, titles[i])));
    }

    [TestMethod]
    public void Special_tokens_may_have_other_names()
    {
        using var folder = new TempFolder();
        File.WriteAllLines(Path.Combine(folder.Path, "vocab.txt"), ["<p>", "<u>", "<c>", "<s>", "tin", "##s"]);
        File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"),
            """
            {
              "pad_token": "<p>", "unk_token": { "content": "<u>" }, "cls_token": "<c>", "sep_token": "<s>", "mask_token": null,
              "model_max_length": 512
            }
            """);
        var tokenizer = Tokenizers.Open(folder.Path);
        CollectionAssert.AreEqual(new[] { 2, 4, 5, 1, 3 }, GoldenFile.Encode(tokenizer, "Tins cake"));
        Assert.AreEqual((0, 6), (tokenizer.PadId, tokenizer.VocabularySize));
    }

    [TestMethod]
    [DataRow("[PAD]\n[UNK]\n[CLS]\na", null, "lacks the sep token '[SEP]'")]
    [DataRow("[PAD]\n[UNK]\n[CLS]\n[SEP]\na\na", null, "line 6 repeats the token 'a'")]
    [DataRow("[PAD]\n[UNK]\n[CLS]\n[SEP]", "{ \"do_lower_case\": \"yes\" }", "do_lower_case is \"yes\"; expected true or false")]
    [DataRow("[PAD]\n[UNK]\n[CLS]\n[SEP]", "{ ", "is not JSON")]
    [DataRow("[PAD]\n[UNK]\n[CLS]\n[SEP]", "{ \"do_basic_tokenize\": false }", "do_basic_tokenize is false; expected true")]
    public void A_faulty_folder_is_one_error_that_says_where(string vocabulary, string? config, string expected)
    {
        using var folder = new TempFolder();
        File.WriteAllText(Path.Combine(folder.Path, "vocab.txt"), vocabulary);
        if (config is not null) File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"), config);
        var fault = Assert.ThrowsExactly<TokenizerFileException>(() => Tokenizers.Open(folder.Path));
        StringAssert.Contains(fault.Message, expected);
    }

    [TestMethod]
    public void A_folder_without_a_tokenizer_says_what_was_looked_for()
    {
        using var folder = new TempFolder();
        StringAssert.Contains(Assert.ThrowsExactly<TokenizerFileException>(() => Tokenizers.Open(folder.Path)).Message, "neither tokenizer.json nor vocab.txt");
    }

    private static ITokenizer Open(string? config)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "vocab.txt"), GoldenFile.Gunzip("bert-vocab.txt.gz"));
        if (config is not null) File.WriteAllText(Path.Combine(folder.Path, "tokenizer_config.json"), config);
        return Tokenizers.Open(folder.Path);
    }
}
