using System.Text;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Tokenize;
using Recsys.Batch.Pipeline.Tests.Runs;

namespace Recsys.Batch.Pipeline.Tests.Embed.Tokenize;

[TestClass]
internal sealed class TokenizerJsonTests
{
    [TestMethod]
    [DataRow("unigram", DisplayName = "Unigram as XLM-RoBERTa's: a compiled character map, words marked by the blank before them")]
    [DataRow("byte-pairs", DisplayName = "Byte-level BPE as RoBERTa's")]
    public void A_trained_tokenizer_gives_the_ids_of_the_reference(string name)
        => GoldenFile.Read(name + ".json.gz").AssertEqual(Open(GoldenFile.Gunzip(name + ".tokenizer.json.gz")));

    /// <summary>
    /// The scheme <c>first</c> asks whether a piece starts where the original text did. The reference knows for every character which one it came from; here a
    /// start that was stripped counts as gone, also where one sign came apart into a blank and a mark, and only the blank went: an accent by itself at the very
    /// start.
    /// </summary>
    [TestMethod]
    public void Unigram_that_falls_back_to_bytes_differs_on_lone_accents_alone()
        => GoldenFile.Read("unigram-bytes.json.gz")
            .AssertEqual(Open(GoldenFile.Gunzip("unigram-bytes.tokenizer.json.gz")), "\u00a8", "\u00af", "\u037a", "\u1fbd");

    [TestMethod]
    public void Bert_as_json_gives_the_ids_of_the_reference() => GoldenFile.Read("wordpiece.json.gz").AssertEqual(Open(Bert()));

    /// <summary>
    /// Normalized added tokens, NFKD, accents, replacements, word runs, digits, contiguous punctuation, a split that keeps its matches: see goldens.mjs.
    /// </summary>
    [TestMethod]
    public void Parts_that_no_known_model_has_together_give_the_ids_of_the_reference() => GoldenFile.Read("parts.json.gz").AssertEqual(Open(Bert(
        normalizer: """
            {"type":"Sequence","normalizers":[{"type":"NFKD"},{"type":"StripAccents"},{"type":"Lowercase"},
             {"type":"Replace","pattern":{"String":"&"},"content":" and "},{"type":"NFC"},{"type":"Strip","strip_left":true,"strip_right":false}]}
            """,
        preTokenizer: """
            {"type":"Sequence","pretokenizers":[{"type":"Whitespace"},{"type":"Digits","individual_digits":true},
             {"type":"Punctuation","behavior":"Contiguous"},{"type":"Split","pattern":{"String":"ing"},"behavior":"MergedWithPrevious","invert":false}]}
            """,
        postProcessor: """{"type":"BertProcessing","sep":["[SEP]",102],"cls":["[CLS]",101]}""",
        added: """,{"id":30522,"content":"Gift Set","single_word":true,"lstrip":false,"rstrip":true,"normalized":true,"special":false}""")));

    /// <summary>
    /// The JavaScript tokenizers normalize by NFKC what SentencePiece compiled a map for; the two differ on the characters that the map has its own mind about,
    /// and on what stands in a grapheme with them.
    /// </summary>
    [TestMethod]
    [DataRow("unigram", 18)]
    [DataRow("byte-pairs", 0)]
    public void The_javascript_tokenizers_agree_on_every_title(string name, int textsThatDiffer)
    {
        var golden = GoldenFile.Read(name + ".json.gz");
        Assert.AreEqual(0, golden.TitlesThatDiffer.Count);
        Assert.AreEqual(textsThatDiffer, golden.Texts.Count(t => t.JavaScript is not null));
    }

    [TestMethod]
    [DataRow("model", """{"type":"WordLevel","vocab":{"a":0}}""", "model.type is \"WordLevel\"; expected a model of WordPiece, Unigram, BPE")]
    [DataRow("normalizer", """{"type":"ByteLevel"}""", "normalizer.type is \"ByteLevel\"; expected a normalizer of Sequence")]
    [DataRow(
        "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"UnicodeScripts"}]}""", "pre_tokenizer.pretokenizers[0].type is \"UnicodeScripts\"")]
    [DataRow("post_processor", """{"type":"Other"}""", "post_processor.type is \"Other\"")]
    [DataRow("post_processor", """{"type":"BertProcessing","sep":["[SEP]",9],"cls":["[CLS]",0]}""", "expected ids below 2, the vocabulary's size, not 9")]
    [DataRow("normalizer", """{"type":"Precompiled","precompiled_charsmap":"AAAA"}""", "normalizer.precompiled_charsmap is \"AAAA\"; expected a character map")]
    [DataRow("normalizer", """{"type":"Replace","pattern":{"Regex":"("},"content":""}""", "normalizer.pattern.Regex is \"(\"; expected a regular expression")]
    [DataRow("model", """{"type":"WordPiece","vocab":{"a":0},"unk_token":"[UNK]"}""", "model.unk_token is \"[UNK]\"; expected a token of the vocabulary")]
    [DataRow("model", """{"type":"BPE","vocab":{"a":0},"merges":["a b"]}""", "model.merges[0] is \"a b\"; expected two tokens of the vocabulary")]
    public void What_cannot_be_used_is_one_error_that_names_it(string key, string value, string expected)
    {
        string model = key == "model" ? value : """{"type":"WordPiece","vocab":{"[UNK]":0,"a":1},"unk_token":"[UNK]"}""";
        string rest = key == "model" ? "" : $",\"{key}\":{value}";
        var fault = Assert.ThrowsExactly<TokenizerFileException>(() => Open(Encoding.UTF8.GetBytes($"{{\"model\":{model}{rest}}}")));
        StringAssert.Contains(fault.Message, expected);
    }

    [TestMethod]
    public void The_id_that_fills_rows_comes_from_the_padding_or_from_a_usual_name()
    {
        Assert.AreEqual(1, Open(GoldenFile.Gunzip("byte-pairs.tokenizer.json.gz")).PadId);
        Assert.AreEqual(7, Open("""{"padding":{"pad_id":7},"model":{"type":"WordPiece","vocab":{"[UNK]":0},"unk_token":"[UNK]"}}"""u8.ToArray()).PadId);
    }

    private static byte[] Bert(string? normalizer = null, string? preTokenizer = null, string? postProcessor = null, string added = "")
    {
        var tokens = Encoding.UTF8.GetString(GoldenFile.Gunzip("bert-vocab.txt.gz")).TrimEnd('\n').Split('\n');
        string vocabulary = string.Join(',', tokens.Select((t, i) => $"{System.Text.Json.JsonSerializer.Serialize(t)}:{i}"));
        string special = string.Join(',', new[] { (0, "[PAD]"), (100, "[UNK]"), (101, "[CLS]"), (102, "[SEP]"), (103, "[MASK]") }
            .Select(t => $"{{\"id\":{t.Item1},\"content\":\"{t.Item2}\",\"special\":true,\"normalized\":false}}"));
        normalizer ??= """{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,"strip_accents":null,"lowercase":true}""";
        preTokenizer ??= """{"type":"BertPreTokenizer"}""";
        postProcessor ??= """
            {"type":"TemplateProcessing",
             "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"[SEP]","type_id":0}}],
             "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[101],"tokens":["[CLS]"]},"[SEP]":{"id":"[SEP]","ids":[102],"tokens":["[SEP]"]}}}
            """;
        return Encoding.UTF8.GetBytes(
            $"{{\"added_tokens\":[{special}{added}],\"normalizer\":{normalizer},\"pre_tokenizer\":{preTokenizer},\"post_processor\":{postProcessor},"
            + $"\"model\":{{\"type\":\"WordPiece\",\"unk_token\":\"[UNK]\",\"continuing_subword_prefix\":\"##\","
            + $"\"max_input_chars_per_word\":100,\"vocab\":{{{vocabulary}}}}}}}");
    }

    private static ITokenizer Open(byte[] json)
    {
        using var folder = new TempFolder();
        File.WriteAllBytes(Path.Combine(folder.Path, "tokenizer.json"), json);
        return Tokenizers.Open(folder.Path);
    }
}
