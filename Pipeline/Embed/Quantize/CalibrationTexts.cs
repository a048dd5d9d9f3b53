namespace Recsys.Batch.Pipeline.Embed.Quantize;

/// <summary>Texts that set scales, and others that measure what they did.</summary>
internal sealed record CalibrationTexts(IReadOnlyList<string> Calibration, IReadOnlyList<string> HeldOut)
{
    /// <summary>Different texts that there must be.</summary>
    public const int Least = 50;

    /// <summary>More are thinned evenly.</summary>
    private const int Most = 640;

    /// <summary>One in so many is held out.</summary>
    private const int Fold = 5;

    /// <summary>Of different texts that say something, evenly spread over the order in which they came; null where there are too few.</summary>
    public static CalibrationTexts? Of(IEnumerable<string> texts)
    {
        string[] different = [.. texts.Where(t => !string.IsNullOrWhiteSpace(t)).Distinct(StringComparer.Ordinal)];
        if (different.Length < Least) return null;
        int count = Math.Min(Most, different.Length);
        string[] chosen = [.. Enumerable.Range(0, count).Select(i => different[(int)((long)i * different.Length / count)])];
        return new CalibrationTexts([.. chosen.Where((_, i) => i % Fold != 0)], [.. chosen.Where((_, i) => i % Fold == 0)]);
    }
}
