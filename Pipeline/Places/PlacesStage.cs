using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Places;

/// <summary>Makes the table of every place that can be made, one Parquet file each; a place that lacks something leaves none, and says what.</summary>
internal sealed class PlacesStage(PlacesOptions options, IParquetWriter parquet)
{
    /// <param name="pathOf">Where the file of a table goes.</param>
    public PlacesReport Run(PlaceInputs inputs, Func<string, string> pathOf, StageContext context)
    {
        var places = PlaceCatalog.Of(options);
        var reports = new List<PlaceReport>();
        foreach (var place in places)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            reports.Add(Make(place, inputs, pathOf, context));
            context.Progress.Step("places", reports.Count, places.Count, "places");
            context.Progress.Metric($"places.{place.Table.Name}", reports[^1].Rows);
            if (reports[^1].Lacks is { } lacks) context.Progress.Note($"no {place.Table.Name}: {lacks}");
        }
        return new PlacesReport(reports);
    }

    private PlaceReport Make(IPlace place, PlaceInputs inputs, Func<string, string> pathOf, StageContext context)
    {
        var table = place.Table;
        if (place.Lacks(inputs) is { } lacks) return new PlaceReport(table.Name, 0, lacks, null);
        using var rows = new ParquetRows(table.Name, table.Columns, () => parquet.Create(pathOf(table.Name), table.Columns));
        string? note = place.Make(inputs, rows, context);
        rows.Complete();
        return rows.Count > 0 ? new PlaceReport(table.Name, rows.Count, null, note) : new PlaceReport(table.Name, 0, note ?? "nothing was found", null);
    }
}
