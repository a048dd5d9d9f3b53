using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Dense item-item weights with a zero diagonal.</summary>
internal sealed class EaseModel(LargeMatrix weights, HistoryWeighting weighting) : ITrainedModel, IDisposable
{
    // Arrays of the artifact end at 2^31 elements, and a block at a time keeps reading within one more copy of it.
    private const long BlockFloats = 1 << 24;

    public string Algorithm => EaseTrainer.Name;

    public int Items => (int)weights.Rows;

    public LargeMatrix Weights => weights;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        return new LinearScorer(weighting.Of(history), new DenseItemWeights(weights), useValues: true);
    }

    public void Save(ArtifactWriter to, string name)
    {
        to.Write(name + ".shape", [Items]).WriteJson(name + ".weighting", weighting);
        foreach (var (block, first, rows) in Blocks(weights)) to.Write($"{name}.weights.{block}", (ReadOnlySpan<float>)weights.PaddedRows(first, rows));
    }

    public static EaseModel Load(ArtifactReader from, string name)
    {
        var shape = from.Read<int>(name + ".shape");
        var weights = new LargeMatrix(shape[0], shape[0]);
        foreach (var (block, first, rows) in Blocks(weights)) from.Read<float>($"{name}.weights.{block}").CopyTo(weights.PaddedRows(first, rows));
        return new EaseModel(weights, from.ReadJson<HistoryWeighting>(name + ".weighting"));
    }

    public void Dispose() => weights.Dispose();

    private static IEnumerable<(int Block, long First, long Rows)> Blocks(LargeMatrix matrix)
    {
        long height = Math.Max(1, BlockFloats / matrix.Stride);
        int block = 0;
        for (long first = 0; first < matrix.Rows; first += height) yield return (block++, first, Math.Min(height, matrix.Rows - first));
    }
}
