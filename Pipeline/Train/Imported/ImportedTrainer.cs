using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Als;

namespace Recsys.Batch.Pipeline.Train.Imported;

/// <summary>
/// "Trains" a model whose factors came from elsewhere: users of whom there are none are folded in from their history
/// (<see cref="AlsModel.FoldIn(SparseRows, StageContext)"/>), items keep zeros, as those have that nobody bought.
/// </summary>
/// <param name="factors">Aligned with the matrix that is trained on; null where nobody has read any.</param>
internal sealed class ImportedTrainer(ImportedOptions options, ImportedFactors? factors) : ITrainer
{
    public const string Name = "imported";

    public string Algorithm => Name;

    /// <exception cref="ConfigurationException">There are no factors for this part of the log.</exception>
    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        if (factors is null)
        {
            throw new ConfigurationException(
                "Train:Algorithm is 'imported', whose factors were trained elsewhere: it can serve, and be measured with Train:Imported:HoldOut; "
                + "expected an algorithm of this program for anything that trains again");
        }
        ArgumentOutOfRangeException.ThrowIfNotEqual(factors.Users.Rows.Rows, interactions.Users);
        ArgumentOutOfRangeException.ThrowIfNotEqual(factors.Items.Rows.Rows, interactions.Items);
        var users = new FactorMatrix(interactions.Users, factors.Rank, (float[])factors.Users.Rows.Values.Clone());
        var model = new AlsModel(new FactorModel(users, factors.Items.Rows), options.ForFoldIn(factors.Rank), HistoryFingerprint.Of(interactions.ByUser), Name);
        FoldIn(model, users, interactions.ByUser, context);
        return model;
    }

    private void FoldIn(AlsModel model, FactorMatrix users, SparseRows histories, StageContext context)
    {
        int[] later = [.. Enumerable.Range(0, histories.Rows).Where(u => !factors!.Users.Known[u] && histories.RowLength(u) > 0)];
        if (later.Length == 0) return;
        var pointers = new int[later.Length + 1];
        for (int k = 0; k < later.Length; k++) pointers[k + 1] = pointers[k] + histories.RowLength(later[k]);
        var (indices, values) = (new int[pointers[^1]], new float[pointers[^1]]);
        for (int k = 0; k < later.Length; k++)
        {
            int from = histories.Pointers[later[k]], length = pointers[k + 1] - pointers[k];
            histories.Indices.AsSpan(from, length).CopyTo(indices.AsSpan(pointers[k]));
            histories.Values.AsSpan(from, length).CopyTo(values.AsSpan(pointers[k]));
        }
        var solved = model.FoldIn(new SparseRows(later.Length, histories.Columns, pointers, indices, values), context);
        for (int k = 0; k < later.Length; k++) solved.PaddedRow(k).CopyTo(users.PaddedRow(later[k]));
    }
}
