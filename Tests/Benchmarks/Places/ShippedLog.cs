using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Embed.Clusters;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Benchmarks.Places;

/// <summary>The shipped log, or another that a configuration names, as stage places gets it.</summary>
internal static class ShippedLog
{
    /// <summary>
    /// What <c>--config FILE</c> names, the shipped log without it; <c>--data DIR</c> with its transactions.parquet and products.parquet there;
    /// <c>--levels N</c> takes categories, so many steps of their path, for items.
    /// </summary>
    public static PlaceInputs Read(Arguments given)
    {
        string[] files = given.Optional("data") is { } data
            ? [$"Ingest:Events:0:Path={data}/transactions.parquet", $"Ingest:Items:Path={data}/products.parquet"]
            : [];
        var inputs = Read(given.Text("config", "data/online-retail/night.json"), StageNames.Ingest, files);
        return given.Int("levels", 0) is > 0 and var levels ? CategoryLog.Of(inputs, levels) : inputs;
    }

    /// <param name="config">A night's configuration.</param>
    /// <param name="last">The stage to run up to: ingest, or embed where texts are asked for.</param>
    public static PlaceInputs Read(string config, string last, params string[] settings)
    {
        if (!File.Exists(config)) throw new ArgumentException($"run it from the repository's root: {config} is not here");
        return TemporaryNight.Of(config, last, settings, change: null, (options, run) =>
        {
            string ingest = Path.Combine(run, StageNames.Ingest);
            var purchases = IngestArtifacts.ReadPurchases(ingest);
            var catalog = IngestArtifacts.ReadCatalog(ingest);
            string embed = Path.Combine(run, StageNames.Embed);
            var text = last == StageNames.Embed ? EmbedArtifacts.ReadContent(embed).Text : null;
            if (last == StageNames.Embed) catalog = ItemClusters.With(catalog, EmbedArtifacts.ReadCategories(embed));
            return new PlaceInputs(
                purchases, Orders.Of(purchases, catalog.Items, options.Places.OrderMinutes), IngestArtifacts.ReadUsers(ingest),
                IngestArtifacts.ReadItems(ingest), catalog, text);
        });
    }

    public static uint Second(string day) =>
        (uint)new DateTimeOffset(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeOnly.MinValue, TimeSpan.Zero).ToUnixTimeSeconds();
}
