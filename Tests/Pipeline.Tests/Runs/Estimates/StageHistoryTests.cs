using Recsys.Batch.Pipeline.Runs;
using Recsys.Batch.Pipeline.Runs.Estimates;

namespace Recsys.Batch.Pipeline.Tests.Runs.Estimates;

[TestClass]
internal sealed class StageHistoryTests : IDisposable
{
    private readonly TempFolder _out = new();
    private readonly RunFolders _folders;

    public StageHistoryTests() => _folders = new RunFolders(_out.Path);

    public void Dispose() => _out.Dispose();

    [TestMethod]
    public void Estimate_is_the_median_of_earlier_runs_in_proportion_to_the_rows()
    {
        Night(1, rows: 1_000, fresh: 1_000, ingest: 10, train: 40);
        Night(2, rows: 2_000, fresh: 1_000, ingest: 12, train: 100);
        Night(3, rows: 4_000, fresh: 2_000, ingest: 30, train: 120);
        var tonight = new SourceSize(8_000, 4_000);

        var train = new StageHistory(_folders, RunRequest.Nightly).Of("train", tonight)!;
        var ingest = new StageHistory(_folders, RunRequest.Nightly).Of("ingest", tonight)!;

        // 40 x 8, 100 x 4, 120 x 2; memory 1 GB x 8.
        Assert.AreEqual(new StageEstimate(320, 240, 400, 8_000_000_000, 3, 2), train);
        // Rows that are read and rows that are judged: 12,000 now, and 2,000, 3,000 and 6,000 then.
        Assert.AreEqual((60, 48, 60), (ingest.Seconds, ingest.Low, ingest.High));
    }

    [TestMethod]
    public void Without_the_rows_nothing_is_scaled_and_without_a_run_nothing_is_said()
    {
        Assert.IsNull(new StageHistory(_folders, RunRequest.Nightly).Of("train", null));
        Night(1, rows: 1_000, fresh: 1_000, ingest: 10, train: 40);
        Assert.AreEqual(new StageEstimate(40, 40, 40, 1_000_000_000, 1, 1), new StageHistory(_folders, RunRequest.Nightly).Of("train", null));
        Assert.IsNull(new StageHistory(_folders, RunRequest.Nightly).Of("train", null, except: Id(1)), "the run that is at work");
        Assert.IsNull(new StageHistory(_folders, RunRequest.Nightly).Of("publish", null), "never run");
    }

    [TestMethod]
    public void Deltas_reused_and_failed_stages_and_damaged_folders_say_nothing()
    {
        Night(1, rows: 1_000, fresh: 1_000, ingest: 10, train: 40);
        Night(2, rows: 1_000, fresh: 0, ingest: 1, train: 3, job: RunRequest.Delta);
        Night(3, rows: 1_000, fresh: 0, ingest: 1, train: 4, state: StageState.Reused);
        Night(4, rows: 1_000, fresh: 0, ingest: 1, train: 5, state: StageState.Failed);
        Night(5, rows: 1_000, fresh: 0, ingest: 1, train: 6);
        File.WriteAllText(Path.Combine(_folders.Of(Id(5), "train"), StageManifest.FileName), "{");

        Assert.AreEqual(40, new StageHistory(_folders, RunRequest.Nightly).Of("train", null)!.Seconds);
        Assert.AreEqual(3, new StageHistory(_folders, RunRequest.Delta).Of("train", null)!.Seconds);
    }

    [TestMethod]
    public void Only_the_newest_runs_count()
    {
        for (int night = 1; night <= StageHistory.MaxRuns + 2; night++) Night(night, rows: 1_000, fresh: 0, ingest: 1, train: night);

        var train = new StageHistory(_folders, RunRequest.Nightly).Of("train", null)!;

        Assert.AreEqual((3, StageHistory.MaxRuns + 2, StageHistory.MaxRuns), ((int)train.Low, (int)train.High, train.Runs));
    }

    private static string Id(int number) => $"{number:D6}-20111210T030000Z";

    private void Night(
        int number, int rows, int fresh, double ingest, double train, string job = RunRequest.Nightly, StageState state = StageState.Finished)
    {
        Directory.CreateDirectory(_folders.Of(Id(number)));
        new RunRecord(Id(number), job, "", RunState.Finished, 1, new DateTimeOffset(2011, 12, 10, 3, 0, 0, TimeSpan.Zero)).Save(_folders.Of(Id(number)));
        Stage("ingest", ingest, StageState.Finished, (SourceSize.RowsMetric, rows), (SourceSize.NewRowsMetric, fresh));
        Stage("train", train, state, (PeakMemory.Metric, 1e9));

        void Stage(string name, double seconds, StageState how, params (string Name, double Value)[] metrics)
        {
            Directory.CreateDirectory(_folders.Of(Id(number), name));
            new StageManifest
            {
                Stage = name,
                State = how,
                Hash = "",
                CodeVersion = "1",
                Seed = 42,
                Seconds = seconds,
                Metrics = new(metrics.ToDictionary(m => m.Name, m => m.Value), StringComparer.Ordinal),
            }.Save(_folders.Of(Id(number), name));
        }
    }
}
