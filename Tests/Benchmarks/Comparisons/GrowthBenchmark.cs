using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Jobs.Cli;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>
/// <c>growth [--events 800000,4000000,20000000] [--folder DIR] [--keep FOLDER]</c>: whole nights over made logs of a hundred events a user and four users
/// an item, so that users x items grows with the square; seconds and peak memory of each, and of each stage, as a table and as a chart. A log that is in the
/// folder already is used again. A night of twenty million is a row of <see cref="CompareBenchmark"/> as well, and kept with those.
/// </summary>
internal static class GrowthBenchmark
{
    private const int BarWidth = 50;
    private const int LargeNight = 20_000_000;

    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        string folder = given.Text("folder", Path.Combine(Path.GetTempPath(), "recsys-growth"));
        int[] sizes = given.Ints("events", [800_000, 4_000_000, 20_000_000]);
        NightCost[] nights = [.. sizes.Select(events => NightCost.Of(Log(folder, events)))];
        Table(sizes, nights);
        Chart(sizes, nights);
        var file = ComparisonFile.In(given.Text("keep", ComparisonFile.Kept));
        for (int i = 0; i < sizes.Length; i++)
            if (sizes[i] == LargeNight) file.Add(nights[i].Beside(seconds: 240, gibibytes: 4));
        return 0;
    }

    private static string Log(string folder, int events)
    {
        string log = Path.Combine(folder, events.ToString(CultureInfo.InvariantCulture));
        string config = Path.Combine(log, "night.json");
        if (File.Exists(config)) return config;
        string[] arguments = ["generate", "--users", $"{events / 100}", "--items", $"{events / 400}", "--events", $"{events}", "--out", log];
        using var process = Process.Start("dotnet", [typeof(CliContext).Assembly.Location, .. arguments]);
        process.WaitForExit();
        return process.ExitCode == 0 ? config : throw new InvalidOperationException($"generate ended with exit code {process.ExitCode}");
    }

    private static void Table(int[] sizes, NightCost[] nights)
    {
        Console.WriteLine();
        Row("", sizes.Select(events => string.Create(CultureInfo.InvariantCulture, $"{events:N0} events x {events / 100:N0} users x {events / 400:N0} items")));
        Row("---", sizes.Select(_ => "---"));
        foreach (string stage in nights[^1].Stages.Select(s => s.Stage)) Row(stage, nights.Select(n => Cost(n.Stages.First(s => s.Stage == stage))));
        Row("whole night", nights.Select(n => Seconds(n.Seconds)));
        Row("seconds a million events", nights.Select((n, i) => Seconds(n.Seconds / sizes[i] * 1e6)));
        Row("peak memory", nights.Select(n => string.Create(CultureInfo.InvariantCulture, $"{n.Gibibytes:F2} GiB")));
    }

    /// <summary>Seconds a million events: a stage that grows with the log alone keeps its bar's length.</summary>
    private static void Chart(int[] sizes, NightCost[] nights)
    {
        Console.WriteLine();
        Console.WriteLine("seconds a million events");
        double most = nights.SelectMany((n, i) => n.Stages.Select(s => s.Seconds / sizes[i])).Max();
        foreach (string stage in nights[^1].Stages.Select(s => s.Stage))
            for (int i = 0; i < nights.Length; i++)
            {
                double each = nights[i].Stages.First(s => s.Stage == stage).Seconds / sizes[i];
                string bar = new('#', (int)Math.Round(BarWidth * each / most));
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? stage : ""),-12} {sizes[i] / 1e6,5:0.##}M {bar} {each * 1e6:F1}"));
            }
    }

    private static void Row(string name, IEnumerable<string> cells) => Console.WriteLine($"| {name} | {string.Join(" | ", cells)} |");

    private static string Cost(StageCost stage) => string.Create(CultureInfo.InvariantCulture, $"{stage.Seconds:F1} s, {stage.Gibibytes:F2} GiB");

    private static string Seconds(double value) => value.ToString("F1", CultureInfo.InvariantCulture) + " s";
}
