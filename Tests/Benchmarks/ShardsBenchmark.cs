using System.Diagnostics;
using System.Globalization;
using Recsys.Batch.Jobs.Scheduling;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Ledger;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// A generated night in one process, and the same night whose lists three worker processes help to make, one of them killed with -9 while it holds a shard,
/// another stopped past its lease and continued: <c>shards --users 200000 --connection env:NAME</c>. Says whether both published the same bytes.
/// </summary>
internal static class ShardsBenchmark
{
    private static readonly TimeSpan Term = TimeSpan.FromSeconds(3);

    public static int Run(string[] arguments)
    {
        var parsed = Arguments.Parse(arguments);
        int users = parsed.Int("users", 200_000);
        string folder = Directory.CreateTempSubdirectory("recsys-shards-").FullName;
        string schema = string.Create(CultureInfo.InvariantCulture, $"recsys_shards_{Environment.ProcessId}");
        try
        {
            string log = Path.Combine(folder, "log");
            SyntheticLog.Write(
                new SyntheticParameters(users, parsed.Int("items", 20_000), parsed.Int("events", 15 * users), Seed: 7),
                log, ParquetFiles.Writer(), StageContext.Quiet());
            var alone = Night(log, Path.Combine(folder, "alone"));
            string expected = Timed("one process", alone).GetAwaiter().GetResult();

            var shared = Night(log, Path.Combine(folder, "shared"));
            shared.Runs.Shards = parsed.Int("shards", 60);
            shared.Runs.LeaseTerm = Term;
            (shared.Publish.Store, shared.Publish.Connection, shared.Publish.Schema) = (OutputEngine.PostgreSql, parsed.Text("connection"), schema);
            using var place = OutputConnection.OpenForServing(shared.Publish, TimeProvider.System);
            var workers = Enumerable.Range(1, 3).Select(n => Worker(shared, n)).ToArray();
            try
            {
                string runs = Path.Combine(shared.Publish.Path, "runs");
                var statuses = Task.WhenAll(Strike(place.Operations, runs, workers[0], 1, "-9"), Strike(place.Operations, runs, workers[1], 2, "-STOP"));
                string found = Timed($"three workers", shared).GetAwaiter().GetResult();
                statuses.GetAwaiter().GetResult();
                Console.WriteLine(
                    $"published {place.Store.Versions().Count} time(s); "
                    + $"{(found == expected ? "byte for byte what one process published" : "DIFFERENT from what one process published")}");
                return found == expected ? 0 : 1;
            }
            finally
            {
                foreach (var worker in workers)
                {
                    if (!worker.HasExited) worker.Kill();
                    worker.Dispose();
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static SchedulerOptions Scheduler(PipelineOptions night) =>
        new() { Store = night.Publish.Store == OutputEngine.PostgreSql ? SchedulerStore.PostgreSql : SchedulerStore.Memory };

    private static async Task<string> Timed(string what, PipelineOptions night)
    {
        using var place = OutputConnection.OpenForServing(night.Publish, TimeProvider.System);
        using var hangfire = SchedulingServices.Shared(Scheduler(night), night.Publish, place.Operations);
        var workers = hangfire is null ? null : new ShardJobs.Dispatcher(hangfire);
        var report = await NightlyRun.RunAsync(night, new RunRequest(), NoObserver.Instance, TimeProvider.System, workers: workers).ConfigureAwait(false);
        foreach (var line in place.Operations.Log(report.RunId, 0, 1000).Where(l => l.Text.Contains("shards were made", StringComparison.Ordinal)))
            Console.WriteLine("  " + line.Text);
        var materialize = report.Stages.Single(s => s.Stage == StageNames.Materialize);
        Console.WriteLine(FormattableString.Invariant(
            $"{what}: night {report.Took.TotalSeconds:0.0} s, materialize {materialize.Took.TotalSeconds:0.0} s, version {report.Version}"));
        return await File.ReadAllTextAsync(Path.Combine(place.Folder.FolderOf(report.Version!), VersionManifest.FileName)).ConfigureAwait(false);
    }

    /// <summary>Sends a signal to a worker while it holds a shard; one that was stopped goes on once its shard has long been another's.</summary>
    private static async Task Strike(OperationsLedger ledger, string runs, Process worker, int number, string signal)
    {
        string? shard;
        while ((shard = Held(ledger, runs, number)) is null) await Task.Delay(20).ConfigureAwait(false);
        Kill(signal, worker);
        Console.WriteLine($"  worker {number} got {signal} at shard {shard}");
        if (signal != "-STOP") return;
        await Task.Delay(Term * 3).ConfigureAwait(false);
        Kill("-CONT", worker);
    }

    // The store is new: its first run is the one that is shared.
    private static string? Held(OperationsLedger ledger, string runs, int number) =>
        Directory.Exists(runs) && Directory.GetDirectories(runs).FirstOrDefault() is { } run
            ? ledger.Shards(Path.GetFileName(run)).FirstOrDefault(s => s.State == "taken" && s.Holder == Name(number))?.Shard : null;

    private static void Kill(string signal, Process worker)
    {
        using var kill = Process.Start("kill", [signal, worker.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static string Name(int number) => string.Create(CultureInfo.InvariantCulture, $"worker-{number}");

    private static Process Worker(PipelineOptions night, int number)
    {
        string[] settings =
        [
            $"Publish:Path={night.Publish.Path}", $"Publish:Store={night.Publish.Store}", $"Publish:Connection={night.Publish.Connection}",
            $"Publish:Schema={night.Publish.Schema}",
            $"Runs:LeaseTerm={night.Runs.LeaseTerm}", "Runs:Threads=1", $"Scheduler:Store={Scheduler(night).Store}", $"Scheduler:Node={Name(number)}",
        ];
        string program = Path.Combine(AppContext.BaseDirectory, "Recsys.Batch.Jobs.dll");
        var start = new ProcessStartInfo("dotnet", ["exec", program, "run", "worker", .. settings.SelectMany(s => new[] { "--set", s })])
        {
            RedirectStandardOutput = true,
        };
        var worker = Process.Start(start)!;
        worker.OutputDataReceived += (_, _) => { };
        worker.BeginOutputReadLine();
        return worker;
    }

    private static PipelineOptions Night(string log, string output)
    {
        var night = new PipelineOptions();
        night.Ingest.Events.Add(new EventSourceOptions
        {
            Name = "shop",
            Path = Path.Combine(log, "events"),
            Columns = new EventColumns { User = "user_id", Item = "item_id", Time = "event_time", Kind = "event_type", Quantity = "quantity", Price = "price" },
        });
        night.Train.Algorithm = "ials";
        night.Train.Als.Rank = 32;
        night.Train.Als.Iterations = 3;
        night.Train.Baselines = [];
        night.Evaluate.Replicates = 100;
        night.Evaluate.MinUsers = int.MaxValue;
        night.Evaluate.BaselineTolerance = 1;
        night.Materialize.BlockUsers = 512;
        night.Publish.Path = output;
        return night;
    }
}
