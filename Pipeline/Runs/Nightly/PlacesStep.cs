using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Constrain;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Places;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Privacy;
using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Places in the night: the tables of the shop's other places, one Parquet file each, from which publish takes them. A delta makes them again from the log as
/// it is by then.
/// </summary>
/// <param name="diversify">As the configuration says it: what a window chose, or a draw, has no part in lists that are nobody's.</param>
internal sealed class PlacesStep(
    PipelineOptions night, DiversifyOptions diversify, IParquetReader reader, IParquetWriter parquet) : IRunStage
{
    private readonly PlacesOptions _options = night.Places;
    private readonly PrivacyOptions _privacy = night.Privacy;
    private readonly IngestOptions _ingest = night.Ingest;
    private readonly NightRules _rules = new(night.Rules, night.Ingest);
    private readonly QueryLogReader _queries = new(night.Places.QueryResults, night.Ingest, reader);

    /// <summary>Folder of the tables; it is not there where no place has rows.</summary>
    public const string Folder = "tables";

    public string Name => StageNames.Places;

    public string CodeVersion => "3";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest,
            [
                IngestArtifacts.Purchases, IngestArtifacts.Users, IngestArtifacts.Items, IngestArtifacts.Catalog,
                .. _ingest.Users is not null ? [IngestArtifacts.Segments] : Array.Empty<string>(),
                .. _ingest.Users is { Attributes.Count: > 0 } ? [IngestArtifacts.UserAttributes] : Array.Empty<string>(),
                .. _ingest.Items is { } items && items.Columns.ForRules().Count > 0 ? [IngestArtifacts.ItemAttributes] : Array.Empty<string>(),
                .. _rules.Any ? [IngestArtifacts.Interactions] : Array.Empty<string>(),
            ]),
        new StageInput(StageNames.Embed, [EmbedArtifacts.Content, EmbedArtifacts.Categories, .. EmbedStep.Map(night.Embed)]),
        .. ReviewsStep.IsIn(night) ? [new StageInput(StageNames.Reviews, ReviewsStep.Items, ReviewsReport.FileName)] : Array.Empty<StageInput>(),
    ];

    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Places), _options),
        (nameof(PipelineOptions.Diversify), new
        {
            diversify.Stated,
            diversify.Space,
            Mix = diversify.Space == DiversifySpace.Mixed ? diversify.Mix : null,
            diversify.Window,
            diversify.MaxVariants,
            diversify.MaxTitleVariants,
            diversify.MaxAlike,
            diversify.DistinctText,
        }),
        (nameof(PipelineOptions.Privacy), new { _privacy.MinCustomers, HasNoise = _privacy.Epsilon is not null }),
        (nameof(PipelineOptions.Train), _options.UserVectors.Enabled ? new { night.Train.Text.HistoryDecay } : new { }),
        (nameof(PipelineOptions.Rules), _rules.Any ? _rules.ForHash() : new { }));

    public IReadOnlyDictionary<string, string> Sources() => _queries.Sources().Concat(_rules.Sources()).ToDictionary();

    public Task RunAsync(StageWork work)
    {
        string folder = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Purchases))!;
        var purchases = IngestArtifacts.ReadPurchases(folder);
        var catalog = EmbedStep.Catalog(work);
        // What nobody may be given is as good as sold out: it stands on no place either.
        var rules = _rules.Open(folder, catalog);
        if (rules?.EverybodyRuledOut is { } ruledOut)
            for (int item = 0; item < catalog.Items; item++) catalog.Available[item] &= !ruledOut.Contains(item);
        var content = EmbedStep.Content(work);
        var users = IngestArtifacts.ReadUsers(folder);
        var items = IngestArtifacts.ReadItems(folder);
        var attributes = IngestArtifacts.ReadAttributes(folder, IngestArtifacts.ItemAttributes);
        var inputs = new PlaceInputs(
            purchases, Orders.Of(purchases, catalog.Items, _options.OrderMinutes), users, items, catalog, content.Text)
        {
            Promotions = NightPromotions.Of(rules, _options.Audience.Campaigns, new RuleItems(items, catalog, attributes)),
            Queries = _queries.Read(users, work.Context),
            Reviews = ReviewsStep.Read(work),
            HistoryDecay = night.Train.Text.HistoryDecay,
            Encode = texts => EmbedStep.Encode(texts, night.Embed, work),
            MinCustomers = _privacy.MinCustomers,
            NeedsNoise = _privacy.Epsilon is not null,
            Segments = _ingest.Users is null ? null : IngestArtifacts.ReadSegments(folder),
            UserAttributes = IngestArtifacts.ReadAttributes(folder, IngestArtifacts.UserAttributes),
            ItemAttributes = attributes,
            Diversify = PlaceDiversifier.Of(diversify, content, catalog),
        };
        var report = new PlacesStage(_options, parquet).Run(inputs, table => PathOf(work, table), work.Context);
        report.Write(work.Output(PlacesReport.FileName));
        return Task.CompletedTask;
    }

    /// <summary>The rows of each place that has some, for the stage that publishes them.</summary>
    public static IReadOnlyList<PlacePortions> Rows(StageWork publish, IParquetReader reader) =>
    [
        .. from table in PlaceTables.All
           from file in publish.InputFiles(StageNames.Places, $"{Folder}/{table.Name}.parquet")
           select new PlacePortions(table, reader.Read(file, [.. table.Columns.Select(c => c.Name)], publish.Context.Cancellation)),
    ];

    private static string PathOf(StageWork work, string table)
    {
        Directory.CreateDirectory(work.Output(Folder));
        return work.Output($"{Folder}/{table}.parquet");
    }
}
