namespace Recsys.Batch.Jobs.Console.Views;

/// <summary>A run's id for people: <c>000012-20261122T045304Z</c> is run 12.</summary>
public static class RunNames
{
    public static string Short(string runId) =>
        runId.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash && runId[..dash].TrimStart('0') is { Length: > 0 } number && number.All(char.IsAsciiDigit) ? $"#{number}" : runId;
}
