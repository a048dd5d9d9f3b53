using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Jobs.Cli;

namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>Wall seconds and peak memory of a whole night, run as an operator runs it: as a process of its own, in an empty output folder.</summary>
internal static class NightCost
{
    private const double Gibibyte = 1L << 30;

    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(200);

    /// <param name="config">The night's configuration, as <c>generate</c> writes one.</param>
    /// <param name="seconds">What is asked for.</param>
    /// <param name="gibibytes">What is asked for.</param>
    public static IReadOnlyList<Comparison> Compare(string config, string name, double seconds, double gibibytes)
    {
        string output = Directory.CreateTempSubdirectory("recsys-night-").FullName;
        try
        {
            string program = typeof(CliContext).Assembly.Location;
            string[] arguments =
            [
                program, "run", "nightly", "--config", config, "--out", output, "--set", "Train:Algorithm=ials", "--set", "Train:Als:Rank=64",
                "--set", "Train:Als:Start=Spectral", "--set", "Train:Als:Iterations=4",
            ];
            Console.WriteLine($"  dotnet {string.Join(' ', arguments.Skip(1))}");
            long start = Stopwatch.GetTimestamp();
            using var process = Process.Start(new ProcessStartInfo("dotnet", arguments)) ?? throw new InvalidOperationException("dotnet did not start");
            long peak = 0;
            while (!process.WaitForExit(s_look))
            {
                process.Refresh();
                if (!process.HasExited) peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            double took = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"the night of {config} ended with exit code {process.ExitCode}; its last lines say why");
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {took:F0} s, {peak / Gibibyte:F2} GiB"));
            return
            [
                Comparison.Share(name + ", all stages", took, seconds, "s", "what is asked", 1),
                Comparison.Share(name + ", peak memory", peak / Gibibyte, gibibytes, "GiB", "what is asked", 1),
            ];
        }
        finally
        {
            Directory.Delete(output, recursive: true);
        }
    }
}
