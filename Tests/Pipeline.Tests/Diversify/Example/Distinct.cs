using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Diversify;

namespace Recsys.Batch.Pipeline.Tests.Diversify.Example;

// docs/add-a-diversifier.md
/// <summary>
/// Entry after entry the best candidate whose cosine to every entry before it is below <c>1 - lambda</c>; where none is left, the best of those that were
/// passed over. With lambda 0 only copies are passed over.
/// </summary>
internal sealed class Distinct(EmbeddingTable embeddings, double lambda) : IDiversifier
{
    public static readonly DiversifierDefinition Definition = new("distinct", of => new Distinct(of.Embeddings, of.Lambda));

    public int Choose(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance, Span<ListEntry> list)
    {
        int length = Math.Min(items.Length, list.Length);
        var taken = new bool[items.Length];
        for (int entry = 0; entry < length; entry++)
        {
            int best = First(items, taken, list[..entry]) is >= 0 and var far ? far : Array.IndexOf(taken, false);
            taken[best] = true;
            list[entry] = new ListEntry(best, relevance[best], DiversityGain: 0);
        }
        return length;
    }

    private int First(ReadOnlySpan<int> items, bool[] taken, ReadOnlySpan<ListEntry> chosen)
    {
        for (int k = 0; k < items.Length; k++)
        {
            if (taken[k]) continue;
            bool near = false;
            foreach (var entry in chosen) near |= Cosine(items[entry.Position], items[k]) > 1 - lambda + 1e-6;
            if (!near) return k;
        }
        return -1;
    }

    private double Cosine(int a, int b) => TensorPrimitives.Dot(embeddings.Vectors.PaddedRow(a), embeddings.Vectors.PaddedRow(b));
}
// docs/add-a-diversifier.md
