namespace Recsys.Batch.Pipeline.Tests.Embed.Graphs;

/// <summary>Model folders of some kilobytes, made where a test needs one.</summary>
internal static class SmallModel
{
    /// <summary>A vocabulary of pieces that every English text can be cut into.</summary>
    public static readonly string[] Vocabulary =
    [
        "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]",
        .. "abcdefghijklmnopqrstuvwxyz0123456789".SelectMany(c => new[] { c.ToString(), $"##{c}" }),
        "red", "blue", "green", "white", "black", "mug", "lamp", "candle", "holder", "heart", "bag", "box", "set", "of", "with", "tea", "light", "cake", "tin",
        "vintage", ",", ".", "-",
    ];

    private static readonly string[] Words =
    [
        "red", "blue", "green", "white", "black", "mug", "lamp", "candle", "holder", "heart", "bag", "box", "set", "of", "with", "tea", "light", "cake", "tin",
        "vintage",
    ];

    public static BertGraph Graph { get; } = new() { Vocabulary = Vocabulary.Length, Layers = 2, Width = 32, Heads = 4, Hidden = 64, Positions = 64 };

    /// <summary>A folder with the graph, its vocabulary and files of settings by name.</summary>
    public static string Write(string folder, BertGraph graph, params (string File, string Text)[] settings)
    {
        graph.Save(Path.Combine(folder, "model.onnx"));
        File.WriteAllLines(Path.Combine(folder, "vocab.txt"), Vocabulary);
        File.WriteAllText(Path.Combine(folder, "tokenizer_config.json"), """{ "do_lower_case": true, "model_max_length": 48 }""");
        foreach (var (file, text) in settings)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, file))!);
            File.WriteAllText(Path.Combine(folder, file), text);
        }
        return folder;
    }

    /// <summary>Texts of one to about twenty words, the same every time.</summary>
    public static string[] Texts(int count)
    {
        var random = new Recsys.Batch.Pipeline.Numerics.SplitMix64(3, "texts");
        var texts = new string[count];
        for (int i = 0; i < count; i++)
        {
            var words = new string[1 + random.NextInt(random.NextInt(20) + 1)];
            for (int w = 0; w < words.Length; w++) words[w] = Words[random.NextInt(Words.Length)];
            texts[i] = string.Join(' ', words);
        }
        return texts;
    }
}
