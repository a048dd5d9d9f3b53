using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Places.Reviews;
using Recsys.Batch.Pipeline.Privacy;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>
/// Reviews in the night, where there is a table of them (<c>Places:Reviews:Path</c>): what all of them say of each item, for places, and what those of each
/// moment said that a ranker learns at, is measured at or serves at. A moment's reviews are read as if no others had been written: which of them count, and
/// the classifier of those without a rating, are of that moment too.
/// </summary>
/// <param name="suppressed">Users who asked to be forgotten; null where nobody did.</param>
internal sealed class ReviewsStep(PipelineOptions night, IParquetReader reader, SuppressionList? suppressed) : IRunStage
{
    /// <summary><see cref="ItemReviews"/> of the whole table.</summary>
    public const string Items = "items.bin";

    /// <summary><see cref="ReviewedMoments"/>.</summary>
    public const string Moments = "moments.bin";

    private readonly ReviewReader _reader = new(night.Places.Reviews, night.Ingest, reader, suppressed);

    /// <summary>Whether lists are made from the log as it is, and nothing is learned: a delta.</summary>
    public bool Between { get; init; }

    public string Name => StageNames.Reviews;

    public string CodeVersion => "1";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest,
            [IngestArtifacts.Items, IngestArtifacts.Interactions, .. Between ? Array.Empty<string>() : [IngestArtifacts.Validation, IngestArtifacts.HoldOut]]),
        // By which another encoder is known.
        new StageInput(StageNames.Embed, EmbedArtifacts.Content),
    ];

    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.Places), new { night.Places.Reviews }),
        (nameof(PipelineOptions.Privacy), new { night.Privacy.MinCustomers }));

    /// <summary>Whether a configuration has the stage. Nothing of reviews may be told where counts need noise, so nothing is read then.</summary>
    public static bool IsIn(PipelineOptions options) => !string.IsNullOrEmpty(options.Places.Reviews.Path) && options.Privacy.Epsilon is null;

    /// <summary>What stages take that rank.</summary>
    public static StageInput[] ForRanking(bool hasReviews) => hasReviews ? [new StageInput(StageNames.Reviews, Moments)] : [];

    public IReadOnlyDictionary<string, string> Sources() => _reader.Sources().ToDictionary();

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Items))!;
        var ids = IngestArtifacts.ReadItems(ingest);
        int items = ids.Count;
        var log = _reader.Read(ids, work.Context)!;
        var options = night.Places.Reviews;
        var texts = new ReviewTexts(some => TextEncoders.Encode(some, night.Embed, work.Context));
        var all = ItemReviews.Of(log, items, options, texts.Encode, work.Context);
        all.Write(work.Output(Items));
        all.Report.Write(work.Output(ReviewsReport.FileName));
        foreach (var (name, value) in all.Report.Metrics()) work.Context.Progress.Metric(name, value);
        work.Context.Progress.Note(all.Report.Note);

        var moments = new SortedDictionary<uint, ReviewedItems>();
        foreach (uint moment in MomentsOf(ingest))
        {
            if (moments.ContainsKey(moment)) continue;
            var then = log.UpTo(moment);
            var said = then.Rows.Length == log.Rows.Length
                ? all : ItemReviews.Of(then, items, options, texts.Encode, work.Context, judges: false);
            moments[moment] = said.Figures(Math.Max(1, night.Privacy.MinCustomers));
        }
        new ReviewedMoments(moments).Write(work.Output(Moments));
        return Task.CompletedTask;
    }

    /// <summary>What all reviews say, for places; null where the night has none.</summary>
    public static ItemReviews? Read(StageWork work) => work.TakesFrom(StageNames.Reviews)
        ? ItemReviews.Read(work.Input(StageNames.Reviews, Items), ReviewsReport.Read(work.Input(StageNames.Reviews, ReviewsReport.FileName)))
        : null;

    /// <summary>What reviews said at the moments of the night; null where it has none.</summary>
    public static ReviewedMoments? ReadMoments(StageWork work) =>
        work.TakesFrom(StageNames.Reviews) ? ReviewedMoments.Read(work.Input(StageNames.Reviews, Moments)) : null;

    private IEnumerable<uint> MomentsOf(string ingest)
    {
        // Without times nobody knows what was written before what, so rankers hear nothing of reviews.
        if (string.IsNullOrEmpty(night.Places.Reviews.Columns.Time)) yield break;
        if (ReviewedMoments.Of(IngestArtifacts.ReadInteractions(ingest)) is { } now) yield return now;
        if (Between) yield break;
        if (ReviewedMoments.Of(IngestArtifacts.ReadHoldOut(ingest).Train) is { } tested) yield return tested;
        if (ReviewedMoments.Of(IngestArtifacts.ReadValidation(ingest).Train) is { } learned) yield return learned;
    }
}
