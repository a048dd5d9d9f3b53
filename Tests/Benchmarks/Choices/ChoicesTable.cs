using System.Globalization;

namespace Recsys.Batch.Benchmarks.Choices;

/// <summary>The table that <c>choices</c> prints, in Markdown.</summary>
internal static class ChoicesTable
{
    public static void Print(IReadOnlyList<(string Log, ChoiceFigures Figures)> logs)
    {
        Console.WriteLine();
        Console.WriteLine($"NDCG@{ChoiceRows.Cutoff} of what is new to the user, on the test; the best single row is bold.");
        Row("", logs.Select(l => l.Log));
        Row("---", logs.Select(_ => "---"));
        foreach (string row in (string[])[ChoiceRows.Auto, .. ChoiceRows.Single]) Row(row, logs.Select(l => Cell(l.Figures, row)));
        Row("auto / best single row", logs.Select(l => Number(l.Figures.Ndcg[ChoiceRows.Auto].Value / l.Figures.Ndcg[Best(l.Figures)].Value, "0.000")));
        foreach (string row in (string[])["popularity", "item-knn"]) Row($"auto less {row}", logs.Select(l => Over(l.Figures, row)));
        Row("users", logs.Select(l => Number(l.Figures.Ndcg[ChoiceRows.Auto].Count, "N0")));
        Row("processor seconds: race / all", logs.Select(l => $"{Number(l.Figures.RaceSeconds, "0")} / {Number(l.Figures.Seconds, "0")}"));
    }

    public static string Best(ChoiceFigures figures) =>
        ChoiceRows.Single.Where(figures.Ndcg.ContainsKey).MaxBy(row => figures.Ndcg[row].Value)!;

    private static string Cell(ChoiceFigures figures, string row) =>
        !figures.Ndcg.TryGetValue(row, out var ndcg) ? "-" : row == Best(figures) ? $"**{Number(ndcg.Value, ".0000")}**" : Number(ndcg.Value, ".0000");

    /// <summary>Asked for where a personal model is the best row.</summary>
    private static string Over(ChoiceFigures figures, string row) => ChoiceRows.IsPersonal(Best(figures)) && figures.Over.TryGetValue(row, out var over)
        ? string.Create(CultureInfo.InvariantCulture, $"{over.Value:+.0000;-.0000} ({over.Low:+.0000;-.0000} to {over.High:+.0000;-.0000})")
        : "-";

    private static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);

    private static void Row(string name, IEnumerable<string> cells) => Console.WriteLine($"| {name} | {string.Join(" | ", cells)} |");
}
