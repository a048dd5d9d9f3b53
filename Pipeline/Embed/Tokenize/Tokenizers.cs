using Recsys.Batch.Pipeline.Embed.Tokenize.Json;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>Opens the tokenizer of a model folder.</summary>
internal static class Tokenizers
{
    public const string JsonFile = "tokenizer.json", VocabularyFile = "vocab.txt", ConfigFile = "tokenizer_config.json";

    /// <summary>
    /// The files that decide what a tokenizer gives, those of them that <paramref name="modelFolder"/> has, in a fixed order: for a hash over them.
    /// </summary>
    public static IReadOnlyList<string> FilesOf(string modelFolder)
    {
        string json = Path.Combine(modelFolder, JsonFile), config = Path.Combine(modelFolder, ConfigFile);
        string first = File.Exists(json) ? json : Path.Combine(modelFolder, VocabularyFile);
        return [.. new[] { first, config }.Where(File.Exists)];
    }

    /// <summary>
    /// <c>tokenizer.json</c> where there is one (it says all), else <c>vocab.txt</c> with what <c>tokenizer_config.json</c> says of BERT's normalization and
    /// special tokens.
    /// </summary>
    /// <exception cref="TokenizerFileException">
    /// Neither file is there, or one that is cannot be used; the message names the file and the part of it.
    /// </exception>
    public static ITokenizer Open(string modelFolder)
    {
        string json = Path.Combine(modelFolder, JsonFile), vocabulary = Path.Combine(modelFolder, VocabularyFile);
        string? config = File.Exists(Path.Combine(modelFolder, ConfigFile)) ? Path.Combine(modelFolder, ConfigFile) : null;
        if (File.Exists(json)) return TokenizerJson.Open(json, config);
        if (File.Exists(vocabulary)) return BertVocabulary.Open(vocabulary, config);
        throw new TokenizerFileException(modelFolder, $"has neither {JsonFile} nor {VocabularyFile}; export the model together with its tokenizer");
    }
}
