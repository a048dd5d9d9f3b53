using System.Text.Json.Nodes;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Publish;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Storage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Publish in the night: the lists gate, and where it passes the version that its lists name.</summary>
internal sealed class PublishStep(PipelineOptions options, OutputFolder output, IParquetWriter parquet) : IRunStage
{
    /// <summary>The version that this one goes on from, in a delta; as little part of what lists are as the run's id.</summary>
    public string? Base { get; init; }

    /// <summary>Whether what a delta would publish is its base, entry for entry.</summary>
    public Func<StageWork, bool>? IsBase { get; init; }

    public string Name => StageNames.Publish;

    public string CodeVersion => "2";

    public IReadOnlyList<StageInput> Inputs =>
    [
        new StageInput(
            StageNames.Ingest, IngestArtifacts.Interactions, IngestArtifacts.Users, IngestArtifacts.Items, IngestArtifacts.Catalog, IngestArtifacts.Quality),
        new StageInput(StageNames.Embed, EmbedArtifacts.Content, EmbedArtifacts.Categories),
        new StageInput(StageNames.Train, TrainStep.Serving),
        new StageInput(StageNames.Neighbors, NeighborsStep.File),
        new StageInput(StageNames.Places, PlacesStep.Folder + "/*") { MayBeEmpty = true },
        .. options.Forecast.Enabled ? [ForecastStep.Tables] : Array.Empty<StageInput>(),
        new StageInput(StageNames.Evaluate, EvaluationFile.Name),
        new StageInput(
            StageNames.Materialize,
            [
                ListBlocks.Folder + "/*", DefaultLists.File,
                .. options.Ingest.Users is null ? Array.Empty<string>() : [DefaultLists.SegmentsFile],
                .. options.Diversify.Explore.Enabled ? [DiversityPolicy.FileName] : Array.Empty<string>(),
            ]),
    ];

    /// <summary>Where lists go and how many nights stay says nothing about what they are.</summary>
    public JsonNode? Options => OptionSections.Of(
        (nameof(PipelineOptions.ListsGate), options.ListsGate), (nameof(PipelineOptions.Publish), new { options.Publish.RowsPerFile }),
        (nameof(PipelineOptions.Materialize), new { options.Materialize.AllowSeen, options.Materialize.AllowDisliked }),
        (nameof(PipelineOptions.Diversify), new
        {
            options.Diversify.Space,
            Mix = options.Diversify.Space == DiversifySpace.Mixed ? options.Diversify.Mix : null,
        }));

    public string? WhyStale(StageManifest finished)
    {
        if (!finished.Facts.TryGetValue(RunJournal.VersionFact, out string? version)) return "its lists were not published";
        if (output.Store.Find(version) is not { IsComplete: true } found || output.Damage(found).Count > 0)
            return "the version it published is gone or damaged";
        if (found.State != VersionState.Current) return $"version {version}, which it published, is not the current one any more";
        // Titles and prices have no versions: those that were saved last stand.
        return new RunFolders(output.Path).FindFinished(Name, null, null, out _) is { } newest && newest.Hash != finished.Hash
            ? "another run published titles and prices since"
            : null;
    }

    public Task RunAsync(StageWork work)
    {
        string ingest = Path.GetDirectoryName(work.Input(StageNames.Ingest, IngestArtifacts.Users))!;
        var (userIds, itemIds, catalog) = (IngestArtifacts.ReadUsers(ingest), IngestArtifacts.ReadItems(ingest), EmbedStep.Catalog(work));
        var blocks = work.InputFiles(StageNames.Materialize, ListBlocks.Folder + "/");
        var report = IngestArtifacts.ReadReport(ingest);
        var evaluation = EvaluationFile.Read(work.Input(StageNames.Evaluate, EvaluationFile.Name));
        string to = report.LastEvent?[..10] ?? "undated";
        string lists = work.InputsHash(
            $"{StageNames.Materialize}/", $"{StageNames.Neighbors}/", $"{StageNames.Places}/", $"{StageNames.Forecast}/",
            $"{StageNames.Ingest}/{IngestArtifacts.Users}", $"{StageNames.Ingest}/{IngestArtifacts.Items}");
        var version = new VersionRecord(
            IsBase?.Invoke(work) == true ? Base! : NameOf(to, lists), work.RunId, work.Context.Time.GetUtcNow(), VersionState.Staged, 0, 0, work.Hash,
            report.FirstEvent?[..10] ?? "undated", to, Metrics(evaluation), "")
        {
            Base = Base,
        };
        work.Facts["lists"] = version.Version;
        work.Facts["parquet"] = parquet.Engine;
        work.Facts["database"] = options.Publish.Store == OutputEngine.PostgreSql ? "PostgreSQL" : "SQLite";

        var (checks, users, hasFeatures) = Audit(work, blocks, userIds, itemIds, catalog, IngestArtifacts.ReadInteractions(ingest));
        work.Check(checks);
        if (work.Checks.Any(c => c.Level == ConstraintLevel.Fail))
        {
            output.Store.Reject(version with { Users = users });
            return Task.CompletedTask;
        }

        var (before, rolledBack) = (output.Store.Current, RolledBackVersions.Of(output.Store));
        var published = new PublishStage(output, parquet, options.Publish).Run(
            new PublishInput(version, blocks.Select(ListBlocks.Read), users, userIds, itemIds, Defaults(work, itemIds), Titles(work, itemIds, catalog),
                NeighborsStep.Rows(work.Input(StageNames.Neighbors, NeighborsStep.File), itemIds))
            {
                Assignment = options.Diversify.Explore.Enabled
                    ? CurrentPolicy.Assignment(work.Input(StageNames.Materialize, DiversityPolicy.FileName), userIds, IngestArtifacts.ReadInteractions(ingest))
                    : null,
                HasFeatures = hasFeatures,
                Places =
                [
                    .. PlacesStep.Rows(work, ParquetFiles.Reader()),
                    .. options.Forecast.Enabled ? ForecastStep.Rows(work, ParquetFiles.Reader()) : [],
                ],
            },
            work.Context);
        if (published.State == VersionState.Current)
        {
            work.Facts[RunJournal.VersionFact] = published.Version;
            ControlPeriods.Record(output.Path, published, DrawnControl.Of(options, output.Path)?.Value);
        }
        if (rolledBack.Count > 0 || published.State != VersionState.Current) Tell(work, published, before, rolledBack);
        work.Context.Progress.Metric("publish.rows", published.Rows);
        work.Context.Progress.Metric("publish.users", published.Users);
        return Task.CompletedTask;
    }

    private Dictionary<string, double> Metrics(EvaluationReport evaluation)
    {
        var metrics = evaluation.Published();
        if (options.Experiment.HasControl) metrics[VersionRecord.ControlShare] = options.Experiment.ControlShare;
        return metrics;
    }

    /// <summary>Says what a rollback before this run came to.</summary>
    private void Tell(StageWork work, VersionRecord published, string? before, IReadOnlyList<string> rolledBack)
    {
        string current = output.Store.Current!;
        work.Facts[RunJournal.CurrentFact] = current;
        // A rollback may also have left an older version, whose lists a night had made again.
        string newer = rolledBack.Count > 0 ? "newer " : "";
        if (rolledBack.Count == 0) rolledBack = [published.Version];
        work.Facts[RunJournal.RolledBackFact] = string.Join(", ", rolledBack);
        string said = newer + RolledBackVersions.Named(rolledBack);
        work.Facts[RunJournal.OutcomeFact] = published.State != VersionState.Current
            ? $"version {current} stays current: {said} rolled back, and this run's lists are those of {published.Version}; "
                + $"versions rollback {published.Version} makes it current again"
            : published.Version == before
                ? $"version {current} stays current: {said} rolled back"
                : $"version {current} is current now{(Base is null ? "" : $" and goes on from {Base}")}; before, {said} rolled back";
        work.Context.Progress.Note(work.Facts[RunJournal.OutcomeFact]);
    }

    private (IReadOnlyList<ConstraintResult> Checks, long Users, bool HasFeatures) Audit(
        StageWork work, IReadOnlyList<string> blocks, IdMap userIds, IdMap itemIds, Catalog catalog, InteractionMatrix interactions)
    {
        var model = CatalogModel.Load(work.Input(StageNames.Train, TrainStep.Serving), catalog.Items).ItemEmbeddings;
        var space = SimilaritySpace.Of(options.Diversify, model, EmbedStep.Content(work), catalog);
        using var last = new PublishedLists(output.Store, userIds, itemIds);
        var audit = new ListsAudit(
            new ListsAuditInputs(
                options.Diversify.ListLength, itemIds.Count, options.Materialize.Excluded(interactions), catalog.Available, space.Items,
                last.IsEmpty ? null : last.Of)
            {
                Space = space.Name,
                KeepsLists = Base is not null,
            },
            options.ListsGate);
        long users = 0;
        bool hasFeatures = false;
        foreach (var block in blocks.Select(ListBlocks.Read))
        {
            audit.Add(block);
            users += block.Users.Length;
            hasFeatures |= block.Features is not null;
        }
        return (audit.Finish(), users, hasFeatures);
    }

    private IReadOnlyList<SegmentEntry> Defaults(StageWork work, IdMap itemIds)
    {
        var (lists, segments) = DefaultLists.Read(
            work.Input(StageNames.Materialize, DefaultLists.File),
            options.Ingest.Users is null ? null : work.Input(StageNames.Materialize, DefaultLists.SegmentsFile));
        return
        [
            .. from s in Enumerable.Range(0, segments.Count)
               from at in Enumerable.Range(lists.Offsets[s], lists.Offsets[s + 1] - lists.Offsets[s])
               select new SegmentEntry(segments[s], at - lists.Offsets[s] + 1, itemIds.Text(lists.Items[at]), lists.Scores[at]),
        ];
    }

    /// <summary>A version that has lost users keeps its name: lists that are what it was before have another one.</summary>
    private string NameOf(string to, string lists)
    {
        while (output.Store.Find($"{to}-{lists[..8]}") is { Forgotten: > 0 }) lists = StageHash.Of(lists);
        return $"{to}-{lists[..8]}";
    }

    private static IEnumerable<ItemTitle> Titles(StageWork work, IdMap itemIds, Catalog catalog)
    {
        float[]? confidence = EmbedArtifacts.ReadConfidence(Path.GetDirectoryName(work.Input(StageNames.Embed, EmbedArtifacts.Categories))!);
        return Enumerable.Range(0, itemIds.Count).Select(i => new ItemTitle(
            itemIds.Text(i), catalog.Titles[i], catalog.Categories[i], Known(catalog.Prices[i]),
            confidence is null ? null : Known(Math.Round((double)confidence[i], 4))));
    }

    private static double? Known(double value) => double.IsNaN(value) ? null : value;
}
