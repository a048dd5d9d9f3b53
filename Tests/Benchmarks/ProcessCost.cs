using System.Diagnostics;
using System.Globalization;

namespace Recsys.Batch.Benchmarks;

/// <summary>Processor time and peak memory of this process and those that it started (Linux; elsewhere memory is that since the start).</summary>
internal static class ProcessCost
{
    public static void ForgetPeak()
    {
        foreach (int id in Family())
        {
            string file = $"/proc/{id}/clear_refs";
            if (File.Exists(file)) File.WriteAllText(file, "5");
        }
    }

    /// <summary>MiB, of each process its own peak.</summary>
    public static double PeakMegabytes() => Family().Sum(Peak) / 1048576.0;

    public static double ProcessorSeconds() => Family().Sum(Seconds);

    private static List<int> Family()
    {
        List<int> ids = [Environment.ProcessId];
        string tasks = $"/proc/{Environment.ProcessId}/task";
        if (!Directory.Exists(tasks)) return ids;
        foreach (string task in Directory.GetDirectories(tasks))
        {
            string children = Path.Combine(task, "children");
            if (!File.Exists(children)) continue;
            ids.AddRange(
                File.ReadAllText(children).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(id => int.Parse(id, CultureInfo.InvariantCulture)));
        }
        return ids;
    }

    private static double Peak(int id)
    {
        using var process = Find(id);
        return process?.PeakWorkingSet64 ?? 0;
    }

    private static double Seconds(int id)
    {
        using var process = Find(id);
        return process?.TotalProcessorTime.TotalSeconds ?? 0;
    }

    private static Process? Find(int id)
    {
        try
        {
            var process = Process.GetProcessById(id);
            return process.HasExited ? null : process;
        }
        catch (ArgumentException)
        {
            // It has ended since it was listed.
            return null;
        }
    }
}
