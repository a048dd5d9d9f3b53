using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Jobs.Cli;
using Recsys.Batch.Pipeline.Runs;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>What a whole night took, run as an operator runs it: as a process of its own, in an empty output folder.</summary>
/// <param name="Seconds">Wall, from the start of the process to its end.</param>
/// <param name="Gibibytes">Peak of its memory.</param>
/// <param name="Events">Rows of the log.</param>
/// <param name="Stages">Wall seconds of each stage, in the order in which they began.</param>
internal sealed record NightCost(double Seconds, double Gibibytes, double Events, IReadOnlyList<(string Stage, double Seconds)> Stages)
{
    private const double Gibibyte = 1L << 30;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    // ALS of 64 factors from the start that needs few iterations; the rest as it is by default.
    private static readonly string[] s_settings =
        ["Train:Algorithm=ials", "Train:Als:Rank=64", "Train:Als:Start=Spectral", "Train:Als:Iterations=4"];

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
            var stages = Manifests(output);
            double events = stages.Max(m => m.Metrics.GetValueOrDefault("ingest.log_rows"));
            return new NightCost(seconds, peak / Gibibyte, events, [.. stages.Select(m => (m.Stage, m.Seconds))]);
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

    private static StageManifest[] Manifests(string output)
    {
        string run = Directory.GetDirectories(Path.Combine(output, "runs")).Single();
        return [.. Directory.GetDirectories(run).Select(StageManifest.Load).OfType<StageManifest>().OrderBy(m => m.Started)];
    }
}
