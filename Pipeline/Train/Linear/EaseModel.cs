using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Dense weights, with a zero diagonal, of the items that had pairs in training; all others score 0.</summary>
/// <param name="items">Items of the catalog.</param>
/// <param name="known">The items that <paramref name="weights"/> has, ascending; null for all.</param>
internal sealed class EaseModel(LargeMatrix weights, HistoryWeighting weighting, int items, int[]? known = null) : IHistoryDecayed, IDisposable
{
    // Arrays of the artifact end at 2^31 elements, and a block at a time keeps reading within one more copy of it.
    private const long BlockFloats = 1 << 24;

    public string Algorithm => EaseTrainer.Name;

    public int Items => items;

    public LargeMatrix Weights => weights;

    public EmbeddingTable? ItemEmbeddings => null;

    public double HistoryDecay => weighting.Decay;

    public ITrainedModel WithHistoryDecay(double decay) => new EaseModel(weights, weighting with { Decay = decay }, items, known);

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var scorer = new LinearScorer(
            weighting.Of(known is null ? history : KnownItems.Only(history, known)), new DenseItemWeights(weights), useValues: true);
        return known is null ? scorer : new KnownItemsScorer(scorer, known, items);
    }

    public void Save(ArtifactWriter to, string name)
    {
        to.Write(name + ".shape", [(int)weights.Rows, items]).WriteJson(name + ".weighting", weighting);
        if (known is not null) to.Write(name + ".known", known);
        foreach (var (block, first, rows) in Blocks(weights)) to.Write($"{name}.weights.{block}", (ReadOnlySpan<float>)weights.PaddedRows(first, rows));
    }

    public static EaseModel Load(ArtifactReader from, string name)
    {
        var shape = from.Read<int>(name + ".shape");
        var weights = new LargeMatrix(shape[0], shape[0]);
        foreach (var (block, first, rows) in Blocks(weights)) from.Read<float>($"{name}.weights.{block}").CopyTo(weights.PaddedRows(first, rows));
        return new EaseModel(
            weights, from.ReadJson<HistoryWeighting>(name + ".weighting"), shape[1], from.Has(name + ".known") ? from.Read<int>(name + ".known") : null);
    }

    public void Dispose() => weights.Dispose();

    private static IEnumerable<(int Block, long First, long Rows)> Blocks(LargeMatrix matrix)
    {
        long height = Math.Max(1, BlockFloats / matrix.Stride);
        int block = 0;
        for (long first = 0; first < matrix.Rows; first += height) yield return (block++, first, Math.Min(height, matrix.Rows - first));
    }
}
