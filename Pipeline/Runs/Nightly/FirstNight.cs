using System.Globalization;
using Recsys.Batch.Pipeline.Runs.Estimates;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What formulas say of a night that no earlier one tells of.</summary>
internal static class FirstNight
{
    /// <summary>
    /// Bytes of a row that is an event, a purchase and a pair of its own in each of five matrices, which is the most that one can be
    /// (<see cref="Ingest.IngestStage"/>).
    /// </summary>
    private const int BytesPerRow = 34 + 18 + 20 + 5 * 12;

    /// <param name="source">What there is to read; null where it is not known.</param>
    public static IReadOnlyList<string> Words(PipelineOptions options, SourceSize? source)
    {
        var words = new List<string>();
        if (source is { Rows: > 0 } log)
        {
            double megabytes = log.Rows * (double)BytesPerRow / (1 << 20);
            words.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"ingest: at most {megabytes:N0} MiB for {log.Rows:N0} rows ({BytesPerRow} bytes a row), and the ids and texts"));
        }
        if (options.Train.IsAuto)
        {
            double minutes = options.Train.Auto.Minutes;
            words.Add(minutes > 0
                ? string.Create(CultureInfo.InvariantCulture, $"train: the race tries models of {minutes:0.##} nominal minutes (Train:Auto:Minutes) at most")
                : "train: the race tries models of 10 nominal minutes at most, or twice what ALS of rank 128 takes where that is more (Train:Auto:Minutes)");
        }
        return words;
    }
}
