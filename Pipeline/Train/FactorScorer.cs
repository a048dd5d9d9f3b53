using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Scores of a factor model: inner products, a block of users times a panel of items as one matrix product.</summary>
internal class FactorScorer(FactorModel model) : IFactorScorer, IAddingScorer
{
    public FactorModel Model { get; } = model;

    public int Users => Model.Users.Rows;

    public int Items => Model.Items.Rows;

    public int PreferredPanel => 2048;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++) scores.Slice(u * stride, itemCount).Clear();
        AddScores([], users, firstItem, itemCount, scores, stride);
    }

    void IAddingScorer.AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) =>
        AddScores(userWeights, users, firstItem, itemCount, scores, stride);

    private unsafe void AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, users.Length == 0 ? 0 : (users.Length - 1) * stride + itemCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstItem + itemCount, Items);
        int width = Model.Items.Stride;
        float* gathered = PackBuffers.OfThread.Get(4, (long)users.Length * width);
        for (int u = 0; u < users.Length; u++)
        {
            var row = new Span<float>(gathered + (nint)u * width, width);
            Model.Users.PaddedRow(users[u]).CopyTo(row);
            if (!userWeights.IsEmpty) TensorPrimitives.Multiply(row, userWeights[u], row);
        }
        fixed (float* items = Model.Items.Values, to = scores)
        {
            var panel = new MatrixView(items + (nint)firstItem * width, itemCount, width, width);
            Gemm.MultiplyAdd(1, new MatrixView(gathered, users.Length, width, width), panel.Transposed, new MatrixView(to, users.Length, itemCount, stride));
        }
    }
}
