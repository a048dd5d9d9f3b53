using System.Text;
using Recsys.Batch.Pipeline.Embed.Tokenize.Models;
using Recsys.Batch.Pipeline.Embed.Tokenize.Normalizers;
using Recsys.Batch.Pipeline.Embed.Tokenize.PreTokenizers;

namespace Recsys.Batch.Pipeline.Embed.Tokenize;

/// <summary>BERT's tokenizer from <c>vocab.txt</c>: a token a line, its id the line's number from 0.</summary>
internal static class BertVocabulary
{
    private const int MaxWordLength = 100;

    public static ITokenizer Open(string vocabularyFile, string? configFile)
    {
        var trie = new VocabularyTrie();
        int size = 0;
        foreach (string line in File.ReadLines(vocabularyFile, new UTF8Encoding(false, throwOnInvalidBytes: false)))
        {
            string token = line.TrimEnd('\r');
            if (!trie.Add(token, size) && token.Length > 0)
                throw new TokenizerFileException(vocabularyFile, $"line {size + 1} repeats the token '{token}'; expected each token once");
            size++;
        }
        var settings = configFile is null ? new BertSettings() : BertSettings.Read(configFile);
        int IdOf(string token, string role) => trie.IdOf(token) is >= 0 and int id
            ? id
            : throw new TokenizerFileException(
                vocabularyFile,
                $"lacks the {role} token '{token}'; expected it on a line of its own, or another name as {role}_token in {Tokenizers.ConfigFile}");

        var added = settings.SpecialTokens.Where(t => t.Role != "mask" || trie.IdOf(t.Token) >= 0)
            .Select(t => new AddedToken(
                t.Token, IdOf(t.Token, t.Role), SingleWord: false, LeftStrip: false, RightStrip: false, Normalized: false, Special: true)).ToArray();
        int Special(string role) => IdOf(settings.SpecialTokens.First(t => t.Role == role).Token, role);

        return new ComposedTokenizer(new TokenizerParts(added,
            new BertNormalizer(cleanText: true, settings.ChineseCharacters, settings.StripAccents ?? settings.LowerCase, settings.LowerCase),
            new BertPreTokenizer(),
            new WordPieceModel(trie, "##", Special("unk"), MaxWordLength),
            trie,
            new TokenTemplate([Special("cls")], [Special("sep")]),
            size, Special("pad")));
    }
}
