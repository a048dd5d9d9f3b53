using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>A weighted sum of trained models over one catalog.</summary>
internal sealed class EnsembleModel : ITrainedModel, IDisposable
{
    internal EnsembleModel(string algorithm, IReadOnlyList<EnsembleMember> members)
    {
        Algorithm = algorithm;
        Members = members;
    }

    public string Algorithm { get; }

    public int Items => Members[0].Model.Items;

    public IReadOnlyList<EnsembleMember> Members { get; }

    /// <summary>The space of the member with the largest weight among those that have one; null where none has.</summary>
    public EmbeddingTable? ItemEmbeddings
    {
        get
        {
            foreach (var member in Members.OrderByDescending(m => m.Weight.Weight))
                if (member.Model.ItemEmbeddings is { } space) return space;
            return null;
        }
    }

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var scorers = Members.Select(m => m.Model.ScorerFor(history, context)).ToArray();
        var weights = Members.Select(m => WeightsOf(m.Weight, history)).ToArray();
        return FactorEnsembleScorer.Suits(scorers)
            ? new FactorEnsembleScorer(scorers, weights)
            : new EnsembleScorer(scorers, weights);
    }

    public void Save(ArtifactWriter to, string name)
    {
        to.WriteJson(name + ".members", Members.Select(m => m.Weight).ToArray());
        to.WriteJson(name + ".name", Algorithm);
        for (int m = 0; m < Members.Count; m++) TrainedModels.Save(Members[m].Model, to, $"{name}.{m}");
    }

    public static EnsembleModel Load(ArtifactReader from, string name) => new(
        from.ReadJson<string>(name + ".name"),
        [.. from.ReadJson<MemberWeight[]>(name + ".members").Select((weight, m) => new EnsembleMember(weight, TrainedModels.Load(from, $"{name}.{m}")))]);

    public void Dispose()
    {
        foreach (var member in Members) (member.Model as IDisposable)?.Dispose();
    }

    private static float[] WeightsOf(MemberWeight weight, InteractionMatrix history)
    {
        var weights = new float[history.Users];
        for (int user = 0; user < weights.Length; user++) weights[user] = weight.For(history.ByUser.RowLength(user));
        return weights;
    }
}
