using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Benchmarks.Choices;

/// <summary>A log as the night's ingest cuts it: what is learned from and tested on, and the window before the test on which choices are made.</summary>
/// <param name="WindowName">The window in words.</param>
internal sealed record ChoiceLog(HoldOut Test, HoldOut Window, string WindowName)
{
    /// <summary>The last tenth of the events is the test; the window is what a night takes by default.</summary>
    private const double TestShare = 0.1;

    /// <param name="config">A night's configuration; only its section Ingest is taken, without the cut that it names.</param>
    public static ChoiceLog Night(string config, params string[] settings) => TemporaryNight.Of(
        config, StageNames.Ingest, settings, options => options.Ingest.HoldOut = new() { Share = TestShare }, (_, run) =>
        {
            string ingest = Path.Combine(run, StageNames.Ingest);
            var window = IngestArtifacts.ReadValidation(ingest);
            return new ChoiceLog(IngestArtifacts.ReadHoldOut(ingest), window, ValidationWindow.Named(window));
        });

    /// <summary>A published split, as <c>eval</c> reads it: the test is its own.</summary>
    public static ChoiceLog Pairs(string folder, StageContext context)
    {
        var split = PairFiles.Load(ParquetFiles.Reader(), Path.Combine(folder, "train.parquet"), Path.Combine(folder, "test.parquet"));
        var (window, name) = RaceWindow.Of(split.Train, context.Seed);
        return new ChoiceLog(split.HoldOut, window, name);
    }
}
