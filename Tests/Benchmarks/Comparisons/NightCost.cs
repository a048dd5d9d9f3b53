using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Estimates;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>What one stage of a night took.</summary>
/// <param name="Seconds">Wall.</param>
/// <param name="Gibibytes">The most memory that the process had while it was at work, what earlier stages left in it included.</param>
internal sealed record StageCost(string Stage, double Seconds, double Gibibytes);

/// <summary>What a whole night took, run as an operator runs it: as a process of its own, in an empty output folder.</summary>
/// <param name="Seconds">Wall, from the start of the process to its end.</param>
/// <param name="Gibibytes">Peak of its memory.</param>
/// <param name="Events">Rows of the log.</param>
/// <param name="Stages">In the order in which they began.</param>
internal sealed record NightCost(double Seconds, double Gibibytes, double Events, IReadOnlyList<StageCost> Stages)
{
    private const double Gibibyte = 1L << 30;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    // ALS of 64 factors from the start that needs few iterations; the rest as it is by default.
    private static readonly string[] s_settings =
        ["Train:Algorithm=ials", "Train:Als:Rank=64", "Train:Als:Start=Spectral", "Train:Als:Iterations=4"];

    /// <summary>The night of <paramref name="config"/>: run now, or, where <paramref name="finished"/> names an output folder, as it ran there.</summary>
    public static NightCost Of(string config, string? finished) => finished is null ? Of(config) : Finished(finished);

    /// <param name="config">The night's configuration, as <c>generate</c> writes one.</param>
    /// <exception cref="InvalidOperationException">The night failed; its own last lines say why.</exception>
    public static NightCost Of(string config)
    {
        string output = Directory.CreateTempSubdirectory("recsys-night-").FullName;
        try
        {
            string[] arguments =
                ["run", "nightly", "--config", config, "--out", output, .. s_settings.SelectMany(setting => new[] { "--set", setting })];
            Console.WriteLine($"  {string.Join(' ', arguments)}");
            long start = Stopwatch.GetTimestamp();
            var started = new ProcessStartInfo("dotnet", [typeof(CliContext).Assembly.Location, .. arguments]);
            using var process = Process.Start(started) ?? throw new InvalidOperationException("dotnet did not start");
            long peak = 0;
            while (!process.WaitForExit(s_look))
            {
                process.Refresh();
                if (!process.HasExited) peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (process.ExitCode != 0) throw new InvalidOperationException($"the night of {config} ended with exit code {process.ExitCode}");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {seconds:F0} s, {peak / Gibibyte:F2} GiB"));
            return From(Manifests(RunIn(output)), seconds, peak / Gibibyte);
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }

    /// <param name="seconds">What is asked for.</param>
    /// <param name="gibibytes">What is asked for.</param>
    public IReadOnlyList<Comparison> Beside(double seconds, double gibibytes)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"a night of {Events / 1e6:0.#}M events ({string.Join(", ", s_settings)})");
        return
        [
            Comparison.Share(name + ", all stages", Seconds, seconds, "s", "what is asked", 1),
            Comparison.Share(name + ", peak memory", Gibibytes, gibibytes, "GiB", "what is asked", 1),
        ];
    }

    /// <summary>By what the run wrote down of itself, which does not count the moments before it begins and after it ends.</summary>
    /// <exception cref="InvalidOperationException">The folder holds no run of these settings that went through from its start.</exception>
    private static NightCost Finished(string output)
    {
        string run = RunIn(output);
        var stages = Manifests(run);
        if (RunRecord.Load(run) is not { State: RunState.Finished, Attempts: 1, Ended: { } ended } record || stages.Any(m => m.State != StageState.Finished))
            throw new InvalidOperationException($"the run in {run} did not go through from its start to its end without a break; run it again");
        var train = stages.Single(m => m.Stage == StageNames.Train).Options!;
        foreach (string setting in s_settings)
        {
            string[] words = setting.Split('=');
            string value = words[0].Split(':').Aggregate(train, (node, key) => node[key]!).ToString();
            if (value != words[1]) throw new InvalidOperationException($"the run in {run} had {words[0]} = {value}; expected {words[1]}");
        }
        return From(stages, (ended - record.Started).TotalSeconds, stages.Max(m => m.Metrics[PeakMemory.Metric]) / Gibibyte);
    }

    private static NightCost From(StageManifest[] stages, double seconds, double gibibytes)
    {
        StageCost[] costs = [.. stages.Select(m => new StageCost(m.Stage, m.Seconds, m.Metrics[PeakMemory.Metric] / Gibibyte))];
        foreach (var cost in costs)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {cost.Stage,-12} {cost.Seconds,8:F1} s {cost.Gibibytes,8:F2} GiB"));
        return new NightCost(seconds, gibibytes, stages.Max(m => m.Metrics.GetValueOrDefault("ingest.log_rows")), costs);
    }

    private static string RunIn(string output) => Directory.GetDirectories(Path.Combine(output, "runs")).Single();

    private static StageManifest[] Manifests(string run) =>
        [.. Directory.GetDirectories(run).Select(StageManifest.Load).OfType<StageManifest>().OrderBy(m => m.Started)];
}
