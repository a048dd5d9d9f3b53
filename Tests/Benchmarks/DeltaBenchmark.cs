using System.Globalization;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// How long a delta takes beside a night over a generated log whose last files are held back: <c>delta --users 200000 --items 50000 --events 20000000 --files
/// 720 --held 1</c>, of which one file is an hour of a month; then a delta with nothing new. <c>--text none</c> leaves the encoder out.
/// </summary>
internal static class DeltaBenchmark
{
    public static int Run(string[] arguments)
    {
        var parsed = Arguments.Parse(arguments);
        string folder = Directory.CreateTempSubdirectory("recsys-delta-").FullName;
        try
        {
            string log = Path.Combine(folder, "log");
            var files = SyntheticLog.Write(
                new SyntheticParameters(parsed.Int("users", 200_000), parsed.Int("items", 50_000), parsed.Int("events", 20_000_000), Seed: 7)
                {
                    Days = parsed.Int("files", 720),
                },
                log, ParquetFiles.Writer(), StageContext.Quiet()).Events;
            var held = files.TakeLast(parsed.Int("held", 1)).ToArray();
            foreach (string file in held) File.Move(file, Path.Combine(log, Path.GetFileName(file)));
            Take("night", RunRequest.Nightly);
            foreach (string file in held) File.Move(Path.Combine(log, Path.GetFileName(file)), file);
            Take("delta", RunRequest.Delta);
            Take("delta with nothing new", RunRequest.Delta);
            Take("night after it", RunRequest.Nightly);
            return 0;

            void Take(string what, string job)
            {
                var report = NightlyRun.RunAsync(
                    Options(log, Path.Combine(folder, "out"), parsed.Optional("text")), new RunRequest(job), NoObserver.Instance,
                    TimeProvider.System).GetAwaiter().GetResult();
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{what}: {report.Took.TotalSeconds:0.0} s "
                    + $"({string.Join(", ", report.Stages.Where(s => s.Took > TimeSpan.Zero).Select(s => $"{s.Stage} {s.Took.TotalSeconds:0.0}"))})"
                    + $"{DeltaQuality.Made(report)}"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static PipelineOptions Options(string log, string output, string? model)
    {
        var night = new PipelineOptions();
        night.Ingest.Events.Add(new EventSourceOptions
        {
            Name = "shop",
            Path = Path.Combine(log, "events"),
            Columns = new EventColumns { User = "user_id", Item = "item_id", Time = "event_time", Kind = "event_type", Quantity = "quantity", Price = "price" },
        });
        night.Ingest.Items = new ItemSourceOptions
        {
            Path = Path.Combine(log, "items.parquet"),
            Columns = new ItemColumns { Id = "item_id", Title = "title", Category = ["category"], Brand = "brand", Price = "price" },
        };
        night.Train.Algorithm = "ials";
        night.Train.Als.Rank = 64;
        night.Embed.Model = model ?? night.Embed.Model;
        // Generated taste is not a real one: what is timed is the work.
        night.Evaluate.BaselineTolerance = 1;
        night.Evaluate.MinUsers = int.MaxValue;
        night.Publish.Path = output;
        return night;
    }
}
