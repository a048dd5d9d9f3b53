using System.Globalization;

namespace Recsys.Batch.Pipeline.Embed.Tokenize.Models;

/// <summary>The tokens <c>&lt;0x00&gt;</c> to <c>&lt;0xFF&gt;</c> that stand for bytes.</summary>
internal static class ByteTokens
{
    /// <summary>Their ids; null where the vocabulary lacks any.</summary>
    public static int[]? Of(VocabularyTrie vocabulary)
    {
        var ids = Enumerable.Range(0, 256).Select(b => vocabulary.IdOf(string.Create(CultureInfo.InvariantCulture, $"<0x{b:X2}>"))).ToArray();
        return ids.Contains(VocabularyTrie.None) ? null : ids;
    }
}
