using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Forecast;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Forecast in the night, where it is asked for (<c>Forecast:Enabled</c>): a table of the version like those of places, which a delta makes again from the log
/// as it is by then.
/// </summary>
internal sealed class ForecastStep(ForecastOptions options, PrivacyOptions privacy, IParquetWriter parquet) : IRunStage
{
    public string Name => StageNames.Forecast;

    public string CodeVersion => "2";

    public IReadOnlyList<StageInput> Inputs => [new StageInput(StageNames.Ingest, IngestArtifacts.Purchases, IngestArtifacts.Items)];

    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Forecast), options), (nameof(PipelineOptions.Privacy), new { HasNoise = privacy.Epsilon is not null }));

    /// <summary>What publish takes from it.</summary>
    public static StageInput Tables => new(StageNames.Forecast, PlacesStep.Folder + "/*") { MayBeEmpty = true };

    public Task RunAsync(StageWork work)
    {
        if (privacy.Epsilon is not null)
        {
            work.Context.Progress.Note("no item_forecast: its sums of sales have no noise, which Privacy:Epsilon asks for");
            return Task.CompletedTask;
        }
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Purchases))!;
        var report = new ForecastStage(options).Run(
            IngestArtifacts.ReadPurchases(ingest), IngestArtifacts.ReadItems(ingest), () =>
            {
                Directory.CreateDirectory(work.Output(PlacesStep.Folder));
                return parquet.Create(work.Output($"{PlacesStep.Folder}/{PlaceTables.ItemForecast.Name}.parquet"), PlaceTables.ItemForecast.Columns);
            },
            work.Context);
        if (report is null)
        {
            work.Context.Progress.Note("no item_forecast: the log has no time, or no item has sold for long enough (Forecast:MinDays, Windows and Days)");
            return Task.CompletedTask;
        }
        report.Save(work.Output(ForecastReport.FileName));
        work.Context.Progress.Metric("forecast.items", report.Items);
        work.Context.Progress.Metric("forecast.mase", report.Mase);
        work.Context.Progress.Metric("forecast.relative_error", report.RelativeError);
        work.Context.Progress.Metric("forecast.coverage", report.Coverage);
        return Task.CompletedTask;
    }

    /// <summary>Pieces of each item that are expected to sell in all days of the table together, 0 where it has none; null where there is no table.</summary>
    public static double[]? Expected(StageWork work, IdMap items)
    {
        if (!work.TakesFrom(StageNames.Forecast)) return null;
        var files = work.InputFiles(StageNames.Forecast, $"{PlacesStep.Folder}/{PlaceTables.ItemForecast.Name}.parquet");
        if (files.Count == 0) return null;
        var expected = new double[items.Count];
        foreach (var batch in ParquetFiles.Reader().Read(files[0], ["item_id", "expected"], work.Context.Cancellation))
        {
            var (ids, pieces) = (batch.Column<Utf8Column>("item_id"), batch.Column<ValueColumn<double>>("expected"));
            for (int row = 0; row < batch.RowCount; row++)
                if (items.Find(ids[row]) is >= 0 and var item) expected[item] += pieces.Values[row];
        }
        return expected;
    }

    /// <summary>The table's rows, for the stage that publishes them.</summary>
    public static IEnumerable<PlacePortions> Rows(StageWork publish, IParquetReader reader) =>
        from file in publish.InputFiles(StageNames.Forecast, $"{PlacesStep.Folder}/{PlaceTables.ItemForecast.Name}.parquet")
        select new PlacePortions(
            PlaceTables.ItemForecast,
            reader.Read(file, [.. PlaceTables.ItemForecast.Columns.Select(c => c.Name)], publish.Context.Cancellation));
}
