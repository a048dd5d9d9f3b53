using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Tables;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

/// <summary>A night over a small generated shop: some seconds of work, with every stage in it.</summary>
internal static class SmallNight
{
    public static void WriteLog(string folder, int days = 4) =>
        SyntheticLog.Write(new SyntheticParameters(300, 120, 2_000L * days, Seed: 5) { Days = days }, folder, ParquetFiles.Writer(), StageContext.Quiet(2));

    /// <summary>Takes the newest day out of the log, as if it had not come yet; the result puts it back.</summary>
    public static Action HoldBack(string log)
    {
        string day = Directory.GetFiles(Path.Combine(log, "events")).Order(StringComparer.Ordinal).Last();
        string aside = Path.Combine(log, Path.GetFileName(day));
        File.Move(day, aside);
        return () => File.Move(aside, day);
    }

    public static PipelineOptions Options(string log, string output, int threads = 2)
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
        night.Train.Als.Rank = 8;
        night.Train.Als.Iterations = 3;
        // What a window chooses has tests of its own.
        night.Rank.Algorithm = "none";
        night.Diversify.Method = "mmr";
        night.Diversify.ListLength = 10;
        night.Diversify.Candidates = 30;
        night.Evaluate.Replicates = 100;
        night.Evaluate.AucUsers = 50;
        night.Evaluate.OverlapPairs = 100;
        // The shop is noise to three iterations: what is tested here is the night, not the model.
        night.Evaluate.BaselineTolerance = 1;
        night.Evaluate.MinUsers = int.MaxValue;
        night.Materialize.BlockUsers = 64;
        night.Publish.Path = output;
        night.Runs.Threads = threads;
        return night;
    }

    public static Task<RunReport> Run(PipelineOptions night, IRunObserver? observer = null, RunRequest? request = null) =>
        NightlyRun.RunAsync(night, request ?? new RunRequest(), observer ?? NoObserver.Instance, new SteppingTime());

    /// <summary>The manifest of the version that is current: sums of every published file.</summary>
    public static string Manifest(string output)
    {
        using var folder = OutputFolder.OpenForReading(new PublishOptions { Path = output });
        return File.ReadAllText(Path.Combine(folder.FolderOf(folder.Store.Current!), VersionManifest.FileName));
    }
}
