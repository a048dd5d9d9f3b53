using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Graph;

namespace Recsys.Batch.Pipeline.Train.Spectral;

/// <summary>Trains <see cref="SpectralOptions"/>'s filter: one truncated SVD of the normalized interactions. Each pair counts 1, or its value where the
/// configuration states weights of events.</summary>
internal sealed class SpectralTrainer(SpectralOptions options) : ITrainer
{
    public const string Name = "spectral";

    public string Algorithm => Name;

    public SpectralOptions Options { get; } = options;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        var byUser = interactions.ByUser;
        var byItem = interactions.ByItem;
        if (byUser.Count == 0) return Model(byItem, interactions.IsWeighted, new SingularVectors(new FactorMatrix(interactions.Items, 1), [0]));
        return Model(
            byItem, interactions.IsWeighted,
            RandomizedSvd.Right(Normalized(byUser, byItem, interactions.IsWeighted), Options.Rank, Options.Oversampling, Options.Iterations, context));
    }

    /// <summary>R = D_u^-1/2 A D_i^-1/2, A of ones or of values.</summary>
    private static SparseRows Normalized(SparseRows byUser, SparseRows byItem, bool weighted)
    {
        var users = Degrees.ToPower(byUser, -0.5);
        var items = Degrees.ToPower(byItem, -0.5);
        var values = new float[byUser.Count];
        for (int user = 0; user < byUser.Rows; user++)
            for (int k = byUser.Pointers[user]; k < byUser.Pointers[user + 1]; k++)
                values[k] = users[user] * items[byUser.Indices[k]] * (weighted ? byUser.Values[k] : 1);
        return new SparseRows(byUser.Rows, byUser.Columns, byUser.Pointers, byUser.Indices, values);
    }

    private SpectralModel Model(SparseRows byItem, bool weighted, SingularVectors found)
    {
        var source = Degrees.ToPower(byItem, -Options.HistoryExponent);
        var target = Degrees.ToPower(byItem, Options.ItemExponent);
        var inward = new FactorMatrix(byItem.Rows, found.Vectors.Rank);
        var outward = found.Vectors;
        for (int item = 0; item < byItem.Rows; item++)
        {
            var from = inward.Row(item);
            var to = outward.Row(item);
            for (int k = 0; k < to.Length; k++)
            {
                from[k] = source[item] * to[k] * Gain(found.Values[k]);
                to[k] *= target[item];
            }
        }
        return new SpectralModel(inward, outward, new HistoryWeighting(weighted, Options.HistoryDecay));
    }

    private float Gain(float singular)
    {
        double l = (double)singular * singular;
        return Options.Filter == SpectralFilter.Ideal ? 1 : (float)(l / (l + Options.Ridge));
    }
}
