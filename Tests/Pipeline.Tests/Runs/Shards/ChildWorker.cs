using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Shards;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Tests.Runs.Shards;

/// <summary>
/// A worker as a process of its own: <c>worker OPTIONS NAME FATE</c>, where the status strikes after the first block of its first shard. Each line that it
/// reads is a delivery: any shard of the run of that name.
/// </summary>
internal static class ChildWorker
{
    public const string Lives = "lives";
    public const string Dies = "dies";
    public const string Stops = "stops";

    private const int SigCont = 18;
    private const int SigStop = 19;

    public static Process Start(PublishOptions place, TimeSpan term, string name, string status) =>
        ChildProcess.Start("worker", JsonSerializer.Serialize(place), term.ToString(), name, status);

    public static int Run(string[] args)
    {
        var place = JsonSerializer.Deserialize<PublishOptions>(args[0])!;
        using var opened = OutputConnection.OpenForServing(place, TimeProvider.System);
        var options = new RunsOptions { Threads = 1, LeaseTerm = TimeSpan.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture) };
        var worker = new ShardWorker(opened.Operations, place.Path, options, args[2], Console.WriteLine, TimeProvider.System, new Status(args[3]));
        while (Console.ReadLine() is { } run) worker.MakeAny(run, CancellationToken.None);
        return 0;
    }

    /// <summary>Whether the process is stopped by a signal, as Linux says.</summary>
    public static bool IsStopped(Process process)
    {
        string stat = File.ReadAllText($"/proc/{process.Id}/stat");
        return stat[(stat.LastIndexOf(')') + 2)] == 'T';
    }

    public static void Continue(Process process) => Assert.AreEqual(0, Signal(process.Id, SigCont));

    private sealed class Status(string status) : IStageProgress
    {
        private bool _struck;

        public void Step(string step, long done, long total, string unit)
        {
            if (_struck || done == 0 || done == total) return;
            _struck = true;
            if (status == Dies) Process.GetCurrentProcess().Kill();
            else if (status == Stops) _ = Signal(Environment.ProcessId, SigStop);
        }

        public void Metric(string name, double value)
        {
        }

        public void Note(string message)
        {
        }
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
