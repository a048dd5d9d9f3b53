using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>
/// What lies before each cut of a race, the newest first: with one cut (<see cref="AutoOptions.Cuts"/>) models and scorers are the plain ones, with several a
/// model is one a cut, and values by item stand behind each other, cut by cut.
/// </summary>
/// <param name="trains">All of the same users and items.</param>
internal sealed class RaceFolds(IReadOnlyList<InteractionMatrix> trains)
{
    private readonly TrainingSize[] _sizes = [.. trains.Select(TrainingSize.Of)];

    public int Count => trains.Count;

    public InteractionMatrix Newest => trains[0];

    /// <summary>Of the newest.</summary>
    public TrainingSize Size => _sizes[0];

    /// <summary>Nominal seconds of a training before every cut.</summary>
    public double Seconds(TrainerDefinition definition) => _sizes.Sum(s => definition.Race?.Seconds(s) ?? 0);

    public ITrainedModel Train(Func<InteractionMatrix, ITrainedModel> train) =>
        Count == 1 ? train(trains[0]) : new FoldedModel([.. trains.Select(train)]);

    /// <summary>Models of the race made into others, cut by cut.</summary>
    /// <param name="make">Is given the models at a cut and what lies before it.</param>
    public ITrainedModel Make(IReadOnlyList<ITrainedModel> models, Func<IReadOnlyList<ITrainedModel>, InteractionMatrix, ITrainedModel> make) =>
        Count == 1 ? make(models, trains[0]) : new FoldedModel([.. trains.Select((train, cut) => make([.. models.Select(m => At(m, cut))], train))]);

    public IBlockScorer Scorer(ITrainedModel model, StageContext context) => Count == 1
        ? model.ScorerFor(trains[0], context)
        : new FoldedScorer([.. trains.Select((train, cut) => At(model, cut).ScorerFor(train, context))]);

    public T[] ByItem<T>(Func<InteractionMatrix, T[]> of) => Count == 1 ? of(trains[0]) : [.. trains.SelectMany(of)];

    /// <summary>The model at the newest cut.</summary>
    public static ITrainedModel NewestOf(ITrainedModel model) => At(model, 0);

    /// <summary>The decay of histories; null where such a model has none.</summary>
    public static double? DecayOf(ITrainedModel model) => (At(model, 0) as IHistoryDecayed)?.HistoryDecay;

    /// <param name="model">One that has a decay.</param>
    public static ITrainedModel WithDecay(ITrainedModel model, double decay) => model is FoldedModel folded
        ? new FoldedModel([.. folded.Models.Select(m => ((IHistoryDecayed)m).WithHistoryDecay(decay))])
        : ((IHistoryDecayed)model).WithHistoryDecay(decay);

    private static ITrainedModel At(ITrainedModel model, int cut) => model is FoldedModel folded ? folded.Models[cut] : model;
}

/// <summary>One model a cut of a race, which is all that it is for.</summary>
internal sealed class FoldedModel(IReadOnlyList<ITrainedModel> models) : ITrainedModel, IDisposable
{
    public IReadOnlyList<ITrainedModel> Models => models;

    public string Algorithm => models[0].Algorithm;

    public int Items => models[0].Items;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context) => throw new NotSupportedException("a cut's model scores at its own cut");

    public void Save(ArtifactWriter to, string name) => throw new NotSupportedException("what a race tried at several cuts is not kept");

    public void Dispose()
    {
        foreach (var model in models) (model as IDisposable)?.Dispose();
    }
}

/// <summary>One scorer a cut of a race.</summary>
internal sealed class FoldedScorer(IReadOnlyList<IBlockScorer> scorers) : IBlockScorer
{
    public IReadOnlyList<IBlockScorer> Scorers => scorers;

    public int Users => scorers[0].Users;

    public int Items => scorers[0].Items;

    public int PreferredPanel => scorers[0].PreferredPanel;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) =>
        throw new NotSupportedException("a cut's scorer scores at its own cut");
}
