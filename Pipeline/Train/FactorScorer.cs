using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train;

/// <summary>Scores of a factor model: inner products, a block of users times a panel of items as one matrix product.</summary>
internal class FactorScorer(InnerProducts products) : IFactorScorer, IPairScorer, IAddingScorer
{
    // Slots of the thread's buffers.
    private const int GatheredUsers = 4;
    private const int OfOneClass = 8;

    private readonly RecentRows?[] _made = [.. products.Users.Select(users => users is FactorMatrix ? null : new RecentRows(users))];

    public FactorScorer(IFactorRows users, FactorMatrix items)
        : this(new InnerProducts([users], items))
    {
    }

    public InnerProducts Products { get; } = products;

    public int Users => Products.Users[0].Rows;

    public int Items => Products.Items.Rows;

    public int PreferredPanel => 2048;

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        for (int u = 0; u < users.Length; u++) scores.Slice(u * stride, itemCount).Clear();
        AddScores([], users, firstItem, itemCount, scores, stride);
    }

    public unsafe void Score(int user, ReadOnlySpan<int> items, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, items.Length);
        var (some, own) = (new int[items.Length], new float[items.Length]);
        var at = new int[items.Length];
        for (int of = 0; of < Products.Users.Count; of++)
        {
            int count = 0;
            for (int k = 0; k < items.Length; k++)
                if (Products.ClassOf(items[k]) == of) (some[count], at[count++]) = (items[k], k);
            if (count == 0) continue;
            fixed (int* rows = some)
            fixed (float* to = own)
                PairProducts.Write(Gathered(of, [], [user]).Data, Products.Items, rows, to, count);
            for (int k = 0; k < count; k++) scores[at[k]] = own[k];
        }
    }

    void IAddingScorer.AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride) =>
        AddScores(userWeights, users, firstItem, itemCount, scores, stride);

    private unsafe void AddScores(ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, users.Length == 0 ? 0 : (users.Length - 1) * stride + itemCount);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstItem + itemCount, Items);
        for (int of = 0; of < Products.Users.Count; of++)
        {
            var (any, all) = Products.Holds(of, firstItem, itemCount);
            if (!any) continue;
            var gathered = Gathered(of, userWeights, users);
            if (all)
            {
                fixed (float* to = scores) AddProducts(gathered, firstItem, new MatrixView(to, users.Length, itemCount, stride));
                continue;
            }
            float* own = PackBuffers.OfThread.Get(OfOneClass, Math.Max(1, (long)users.Length * itemCount));
            new Span<float>(own, users.Length * itemCount).Clear();
            AddProducts(gathered, firstItem, new MatrixView(own, users.Length, itemCount, itemCount));
            for (int u = 0; u < users.Length; u++)
                for (int i = 0; i < itemCount; i++)
                    if (Products.ClassOf(firstItem + i) == of) scores[u * stride + i] += own[u * itemCount + i];
        }
    }

    private unsafe void AddProducts(MatrixView gathered, int firstItem, MatrixView to)
    {
        int width = Products.Items.Stride;
        fixed (float* items = Products.Items.Values)
            Gemm.MultiplyAdd(1, gathered, new MatrixView(items + (nint)firstItem * width, to.Columns, width, width).Transposed, to);
    }

    private unsafe MatrixView Gathered(int of, ReadOnlySpan<float> userWeights, ReadOnlySpan<int> users)
    {
        int width = Products.Items.Stride;
        float* gathered = PackBuffers.OfThread.Get(GatheredUsers, Math.Max(1, (long)users.Length * width));
        var all = new Span<float>(gathered, users.Length * width);
        if (_made[of] is { } made) made.Of(users).CopyTo(all);
        for (int u = 0; u < users.Length; u++)
        {
            var row = all.Slice(u * width, width);
            if (_made[of] is null) Products.Users[of].Write(users[u], row);
            if (!userWeights.IsEmpty) TensorPrimitives.Multiply(row, userWeights[u], row);
        }
        return new MatrixView(gathered, users.Length, width, width);
    }
}
