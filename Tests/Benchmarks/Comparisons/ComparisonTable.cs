using System.Globalization;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>Comparisons as a table in Markdown.</summary>
internal static class ComparisonTable
{
    public static void Print(IEnumerable<Comparison> comparisons)
    {
        Console.WriteLine($"{Hardware.Name}:");
        Console.WriteLine();
        Console.WriteLine("| what | ours | beside | | ratio | asked | |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (var c in comparisons)
        {
            string asked = (c.AtMost ? "at most " : "") + Figure(c.Target);
            Console.WriteLine(
                $"| {c.Name} | {Figure(c.Ours)} {c.Unit} | {Figure(c.Theirs)} {c.Unit} | {c.Beside} | {Figure(c.Ratio)} | {asked} | "
                + $"{(c.Reached ? "reached" : "short")} |");
        }
    }

    /// <summary>Three digits that count, thousands apart.</summary>
    private static string Figure(double value) => value switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("0.00", CultureInfo.InvariantCulture),
    };
}
