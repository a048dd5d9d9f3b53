using System.Text.RegularExpressions;

namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>A run's id for people: <c>000012-20261122T045304Z</c> is run 12.</summary>
internal static partial class RunNames
{
    public static string Short(string runId) =>
        runId.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && runId[..dash].TrimStart(
            '0') is { Length: > 0 } number && number.All(char.IsAsciiDigit) ? $"#{number}" : runId;

    /// <summary>A sentence in which runs are named as people name them.</summary>
    public static string Shortened(string words) => Ids().Replace(words, m => Short(m.Value));

    [GeneratedRegex(@"\b[0-9]{6,}-[0-9]{8}T[0-9]{6}Z\b")]
    private static partial Regex Ids();
}
