using System.Globalization;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed;

/// <summary>
/// Whether an encoder understands a shop's texts. One that does not know their language reads a row of unknown tokens, and gives all of them nearly one vector:
/// each looks like the other, whatever it is.
/// </summary>
/// <param name="UnknownShare">Share of the words that are unknown, over distinct texts.</param>
/// <param name="SharedShare">Share of distinct texts that have the vector of another.</param>
/// <param name="IsConstant">The model gives one vector to whatever it reads.</param>
/// <param name="Example">A text that says nothing to the encoder; null where there is none.</param>
internal sealed record TextQuality(double UnknownShare, double SharedShare, bool IsConstant, string? Example)
{
    private const string Gate = "data";

    /// <summary>Texts that a model must have read before its vectors can be called equal.</summary>
    private const int Enough = 10;

    /// <summary>Least cosine of vectors that differ by rounding alone.</summary>
    private const double Equal = 1 - 1e-6;

    /// <param name="texts">Distinct ones.</param>
    /// <param name="covered">Aligned with them.</param>
    /// <param name="row">A text's vector.</param>
    public static TextQuality Of(IReadOnlyList<string> texts, TextCoverage[] covered, Func<int, ReadOnlySpan<float>> row, double maxUnknown)
    {
        long unknown = covered.Sum(c => (long)c.Unknown), words = covered.Sum(c => (long)c.Known + c.Unknown);
        int[] read = [.. Enumerable.Range(0, texts.Count).Where(i => covered[i].UnknownShare <= maxUnknown)];
        bool constant = read.Length >= Enough && Array.TrueForAll(read, i => TensorPrimitives.Dot(row(read[0]), row(i)) >= Equal);
        int example = constant ? read[0] : Array.FindIndex(covered, c => c.UnknownShare > maxUnknown);
        return new TextQuality(words == 0 ? 0 : (double)unknown / words, Shared(texts, row), constant, example < 0 ? null : texts[example]);
    }

    /// <param name="unread">Items whose text says nothing to the encoder.</param>
    /// <param name="items">Items with text.</param>
    public IEnumerable<ConstraintResult> Check(TextQualityOptions options, int unread, int items)
    {
        string without = unread == 0 ? "" : Text(
            $"; {unread:N0} of {items:N0} items have no vector, since the encoder knows too few of their words ('{Short(Example)}')");
        const string Remedy = "; name an encoder of the shop's language with Embed:Model=FOLDER (docs/text.md), or turn text off with Embed:Model=none";
        yield return Result("data.text.unknown_share", UnknownShare, options.UnknownShare, "share of the texts' words that the encoder does not know",
            without + Remedy + "; Embed:Quality:UnknownShare sets these bounds");
        yield return Result("data.text.shared_share", SharedShare, options.SharedShare, "share of different texts that have the vector of another",
            (UnknownShare > 0 ? "" : "; texts that differ behind their first tokens need a greater Embed:MaxLength")
            + Remedy + "; Embed:Quality:SharedShare sets these bounds");
        if (!IsConstant) yield break;
        yield return new ConstraintResult(
            Gate, "data.text.one_vector", ConstraintLevel.Warn, 1, "vectors that differ",
            "the encoder gives every text one vector, so the night goes on without text: its graph, pooling or tokenizer is not what it was trained with"
            + "; export the model again, or name another with Embed:Model=FOLDER (docs/text.md)");
    }

    private static ConstraintResult Result(string name, double value, Bounds bounds, string meaning, string advice)
    {
        var level = bounds.LevelOf(value);
        return new ConstraintResult(
            Gate, name, level, value, bounds.ToWords(),
            $"{meaning}: {Bounds.Number(value)}; expected {bounds.ToWords()}{(level == ConstraintLevel.Pass ? "" : advice)}");
    }

    private static double Shared(IReadOnlyList<string> texts, Func<int, ReadOnlySpan<float>> row)
    {
        var told = new HashSet<TextKey>();
        var byVector = new Dictionary<TextKey, int>();
        Span<byte> sum = stackalloc byte[32];
        for (int i = 0; i < texts.Count; i++)
        {
            if (!told.Add(TextKey.Of(Folded(texts[i])))) continue;
            SHA256.HashData(MemoryMarshal.AsBytes(row(i)), sum);
            CollectionsMarshal.GetValueRefOrAddDefault(byVector, MemoryMarshal.Read<TextKey>(sum), out _)++;
        }
        return told.Count == 0 ? 0 : (double)byVector.Values.Where(n => n > 1).Sum() / told.Count;
    }

    /// <summary>Encoders that know no case read these alike, and rightly.</summary>
    private static string Folded(string text)
    {
        string letters = string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();
        return letters.Length > 0 ? letters : text;
    }

    private static string Short(string? text) => text is null ? "" : text.Length <= 40 ? text : text[..(char.IsHighSurrogate(text[39]) ? 39 : 40)] + "...";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
