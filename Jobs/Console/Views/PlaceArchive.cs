using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Console.Views;

/// <param name="Key">The key's value; of a customer their id.</param>
/// <param name="Title">Of the item that the key names; null where it names none, or none that is known.</param>
/// <param name="Shown">The first rows.</param>
internal sealed record PlaceSample(string Key, string? Title, PublishedPlace Shown);

/// <param name="Rows">Of all of the table; null where the run's folder is gone.</param>
/// <param name="Note">What the night had to say of it.</param>
internal sealed record PlaceView(PlaceTable Table, long? Rows, string? Note, IReadOnlyList<PlaceSample> Samples);

/// <summary>The places of the current version, with rows of each to look at.</summary>
internal sealed class PlaceArchive(RunArchive runs, IOutputStore store)
{
    private const int SamplesShown = 4;

    /// <summary>Places that have rows.</summary>
    public IReadOnlyList<PlaceView> Places()
    {
        var report = Report();
        return [.. PlaceTables.All.Select(t => View(t, report)).Where(p => p.Samples.Count > 0)];
    }

    /// <summary>What a place shows for one key; null where it has nothing.</summary>
    public PlaceSample? Sample(PlaceTable table, string key) =>
        store.ReadPlace(table, key) is { } shown ? new PlaceSample(key, TitleOf(table, key), shown) : null;

    /// <summary>Places that the last night could not make, and what each lacked.</summary>
    public IReadOnlyList<PlaceReport> Missing() => [.. Report()?.Places.Where(p => p.Lacks is not null) ?? []];

    private PlaceView View(PlaceTable table, PlacesReport? report)
    {
        var said = report?.Places.FirstOrDefault(p => p.Place == table.Name);
        return new PlaceView(
            table, said?.Rows, said?.Note, [.. Keys(table).Select(k => Sample(table, k)).OfType<PlaceSample>().Take(SamplesShown)]);
    }

    /// <summary>Best sellers where rows are asked for by item: their names mean something to whoever looks.</summary>
    private IEnumerable<string> Keys(PlaceTable table)
    {
        var first = store.PlaceKeys(table, SamplesShown);
        if (first.Count == 0 || table.Key != "item_id") return first;
        return store.SegmentDefaults(store.Current).Where(d => d.Segment == DefaultLists.All).Select(d => d.ItemId).Concat(first)
            .Distinct(StringComparer.Ordinal);
    }

    private string? TitleOf(PlaceTable table, string key) => table.Key == "item_id" ? store.Titles([key]).GetValueOrDefault(key)?.Title : null;

    private PlacesReport? Report()
    {
        if (store.Current is not { } current || store.Find(current) is not { } record || runs.Find(record.RunId) is not { } run
            || runs.Folder(run, StageNames.Places) is not { } folder)
        {
            return null;
        }
        string path = Path.Combine(folder, PlacesReport.FileName);
        return File.Exists(path) ? PlacesReport.Read(path) : null;
    }
}
