using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Storage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Options that were set and change nothing in the configuration that they stand in, since something that they speak of is missing or off.</summary>
internal static class IdleOptions
{
    /// <summary>Beginnings of keys, whether those are idle, and what they wait for.</summary>
    private static readonly (string[] Keys, Func<PipelineOptions, bool> IsIdle, string Why)[] Rules =
    [
        (["Ingest:HalfLifeDays", "Ingest:AvailableDays", "Ingest:AsOf", "Ingest:Earliest", "Ingest:Latest", "Ingest:NewDays", "Ingest:Titles:HalfLifeDays"],
            o => !o.Ingest.Events.Exists(e => e.Columns.Time is not null), "no log has a column Time"),
        (["Ingest:RatingThreshold", "Ingest:Ratings", "Ingest:Quality:LikedShare"],
            o => !o.Ingest.Events.Exists(e => e.Columns.Value is not null), "no log has a column Value, so no row is rated"),
        (["Ingest:MaxQuantity", "Ingest:QuantityShape"],
            o => !o.Ingest.Events.Exists(e => e.Columns.Quantity is not null), "no log has a column Quantity"),
        (["Ingest:MinPrice", "Ingest:MaxPrice"],
            o => !o.Ingest.Events.Exists(e => e.Columns.Price is not null), "no log has a column Price"),
        (["Ingest:Titles:Junk", "Ingest:Titles:DemoteLowerCase", "Ingest:Titles:HalfLifeDays", "Ingest:NonProductTexts"],
            o => !o.Ingest.Events.Exists(e => e.Columns.Text is not null), "no log has a column Text"),
        (["Ingest:NewDays"], o => o.Ingest.Items?.Columns.Added is null, "no item table has a column Added"),
        (["Ingest:Quality:FreshnessHours"], o => o.Ingest.AsOf is null, "Ingest:AsOf does not say what now is"),
        (["Ingest:Quality:UnreadableShare"], o => o.Ingest.UnreadableFiles == UnreadableFilePolicy.Fail, "Ingest:UnreadableFiles is Fail"),
        (["Ingest:Titles:Variants", "Ingest:Titles:VariantWords"], o => o.Ingest.Items?.Columns.Parent is not null,
            "the item table has a column Parent, which says what is a variant"),
        (["Diversify:MaxVariants"], o => o.Ingest.Items?.Columns.Parent is null,
            "the item table has no column Parent; by titles Diversify:MaxTitleVariants counts"),
        (["Diversify:MaxTitleVariants"], o => o.Ingest.Items?.Columns.Parent is not null || !o.Ingest.Titles.Variants,
            "the item table has a column Parent, or Ingest:Titles:Variants is false"),
        (["Diversify:Mix:"], o => o.Diversify.Space != DiversifySpace.Mixed, "Diversify:Space is not Mixed"),
        (["Diversify:Lambda", "Diversify:LambdaByTaste", "Diversify:Space", "Diversify:Mix:", "Diversify:Window"],
            o => o.Diversify.Method == DiversifierCatalog.None, "Diversify:Method is none"),
        (["Diversify:Auto:"], o => o.Diversify.Stated is not null, "Diversify:Method, Lambda or Explore says how lists are diversified"),
        (["Rank:Candidates", "Rank:Cutoff", "Rank:L2", "Rank:Learn", "Rank:MaxUsers", "Rank:MinUsers"], o => o.Rank.Algorithm == RankOptions.None,
            "Rank:Algorithm is none"),
        (["Diversify:Explore:"], o => !o.Diversify.Explore.Enabled, "Diversify:Explore:Enabled is false"),
        (["Publish:KeepDays"], o => !o.Diversify.Explore.Enabled && !o.Experiment.HasControl,
            "Diversify:Explore:Enabled is false and Experiment:ControlShare is 0"),
        (["Experiment:Name", "Experiment:BeforeDays", "Experiment:MinUsers", "Experiment:From"], o => !o.Experiment.HasControl,
            "Experiment:ControlShare is 0"),
        (["Embed:Engine", "Embed:Device", "Embed:GpuId", "Embed:GpuMemoryMb", "Embed:MaxLength", "Embed:BatchTokens", "Embed:CacheNights"],
            o => o.Embed.IsOff, "Embed:Model is none"),
        (["Forecast:Days", "Forecast:Windows", "Forecast:HistoryDays", "Forecast:MinDays", "Forecast:Coverage"], o => !o.Forecast.Enabled,
            "Forecast:Enabled is false"),
        (["Materialize:Fatigue:"], o => !o.Materialize.Fatigue.Enabled, "Materialize:Fatigue:Enabled is false"),
        (["Places:Reviews:"], o => string.IsNullOrEmpty(o.Places.Reviews.Path), "Places:Reviews:Path is empty"),
        (["Materialize:Season:"], o => !o.Materialize.Season.Enabled, "Materialize:Season:Enabled is false"),
        (["Rules:CostUsers", "Rules:Rounds", "Rules:Gap"], o => !o.Rules.HasFile, "Rules:File is empty"),
        (["Train:Als:InitScale"], o => o.Train.Als.Start == AlsStart.Spectral, "Train:Als:Start is Spectral"),
        (["Publish:Connection", "Publish:Schema"], o => o.Publish.Store != OutputEngine.PostgreSql, "Publish:Store is Sqlite"),
    ];

    /// <summary>A sentence for each of them, by key.</summary>
    public static IReadOnlyList<string> Of(PipelineOptions options)
    {
        var (mine, plain) = (options.Sections(), new PipelineOptions().Sections());
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string section in mine.Keys)
        {
            foreach (string leaf in CanonicalJson.Differences(CanonicalJson.ToNode(plain[section]), CanonicalJson.ToNode(mine[section])))
            {
                string key = $"{section}:{leaf}";
                foreach (var (keys, isIdle, why) in Rules)
                    if (keys.Any(k => Begins(key, k)) && isIdle(options)) found.TryAdd(key, $"{key} is set and changes nothing: {why}");
            }
        }
        foreach (string kind in options.Ingest.KindWeights.Keys)
        {
            string? why = Weighs(kind) ? Occurs(options.Ingest, kind) ? null : $"no log has a column Kind, and none has the DefaultKind {kind}"
                : "what was returned or hidden weighs nothing";
            if (why is not null) found[$"Ingest:KindWeights:{kind}"] = $"Ingest:KindWeights:{kind} is set and changes nothing: {why}";
        }
        return [.. found.Values];
    }

    private static bool Begins(string key, string with) =>
        key.StartsWith(with, StringComparison.Ordinal) && (with[^1] == ':' || key.Length == with.Length || key[with.Length] == ':');

    private static bool Weighs(string kind) => !EventKinds.TryParse(kind, out var parsed) || parsed is not (EventKind.Return or EventKind.Hide);

    private static bool Occurs(IngestOptions ingest, string kind) =>
        ingest.Events.Exists(e => e.Columns.Kind is not null || string.Equals(e.DefaultKind, kind, StringComparison.OrdinalIgnoreCase));
}
