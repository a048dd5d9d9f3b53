using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>What the serving model alone would list, best score first, before anything is done for diversity: to lay beside a published list.</summary>
internal sealed class UndiversifiedLists
{
    private readonly IBlockScorer _scorer;
    private readonly SparseRows? _exclude;
    private readonly bool[] _available;

    /// <param name="run">A run that finished ingest and train.</param>
    public UndiversifiedLists(RunReport run, PipelineOptions options)
    {
        string Folder(string stage) => run.Stages.Single(s => s.Stage == stage).Folder;
        var interactions = IngestArtifacts.ReadInteractions(Folder(StageNames.Ingest));
        var model = TrainedModels.Load(new ArtifactReader(Path.Combine(Folder(StageNames.Train), TrainStep.Serving)));
        _scorer = model.ScorerFor(interactions, StageContext.Quiet(options.Runs.EffectiveThreads, options.Runs.Seed));
        _exclude = options.Materialize.Excluded(interactions);
        _available = IngestArtifacts.ReadCatalog(Folder(StageNames.Ingest)).Available;
    }

    /// <summary>Item indices of the user's best <paramref name="length"/> items.</summary>
    public int[] Top(int user, int length) =>
        [.. new ExactRetriever().Open(_scorer, new RetrievalRequest(length, _exclude, _available)).Retrieve([user]).ItemsOf(0)];
}
