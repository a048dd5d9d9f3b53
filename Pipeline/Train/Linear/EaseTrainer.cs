using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>
/// EASE (Steck 2019, "Embarrassingly Shallow Autoencoders for Sparse Data"): the item-item weights with zero diagonal that best rebuild histories, in closed
/// form <c>B = I - P / diag(P)</c> with <c>P = (X^T X + lambda I)^-1</c>.
/// </summary>
internal sealed class EaseTrainer(EaseOptions options) : ITrainer
{
    public const string Name = "ease";

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        int items = interactions.Items;
        int[]? known = KnownItems.Of(interactions);
        if (known is not null) interactions = KnownItems.Only(interactions, known);
        CheckFits(interactions.Items);
        bool weighted = options.Weighted ?? interactions.IsWeighted;
        var weights = new LargeMatrix(interactions.Items, interactions.Items);
        try
        {
            SparseGramian.Lower(interactions.ByUser, interactions.ByItem, weighted, weights, context);
            for (int i = 0; i < interactions.Items; i++) weights.Row(i)[i] += (float)options.Regularization;
            LargeInverse.Invert(
                weights, context.Threads, share => context.Progress.Step("ease", (long)(share * 1000), 1000, "per mille"), context.Cancellation);
            ToWeights(weights, context);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
        return new EaseModel(weights, new HistoryWeighting(weighted, options.HistoryDecay), items, known);
    }

    /// <summary>B[i, j] = -P[i, j] / P[j, j], B[j, j] = 0.</summary>
    private static void ToWeights(LargeMatrix inverse, StageContext context)
    {
        var scales = new float[inverse.Rows];
        for (int j = 0; j < scales.Length; j++) scales[j] = -1 / inverse.Row(j)[j];
        context.ForEachPiece(scales.Length, i =>
        {
            var row = inverse.Row(i);
            for (int j = 0; j < row.Length; j++) row[j] *= scales[j];
            row[i] = 0;
        });
        for (int j = 0; j < scales.Length; j++)
            if (!float.IsFinite(scales[j]))
                throw new RunFailedException($"EASE: the inverse has no finite diagonal at item {j}; raise Train:Ease:Regularization");
    }

    private void CheckFits(int items)
    {
        long bytes = ((long)items * items + 2L * items * LargeInverse.BlockOrder) * sizeof(float);
        // Other models of a race may be held meanwhile.
        long available = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - LargeMatrix.LiveBytes;
        string needs = string.Create(
            CultureInfo.InvariantCulture, $"EASE over {items} items with events needs {bytes >> 20} MiB for its dense item-item matrix");
        if (items > options.MaxItems)
            throw new ConfigurationException($"{needs}; Train:Ease:MaxItems is {options.MaxItems}: raise it, or take Train:Algorithm ials");
        if (bytes > available * 9 / 10)
            throw new RunFailedException($"{needs}; this process may use {available >> 20} MiB: take a larger machine, or Train:Algorithm ials");
    }
}
