using System.Numerics.Tensors;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Rank.Features;

/// <summary>Cosine of the candidate's text with the mean text of the user's newest items; missing where either says nothing.</summary>
internal sealed class TextAffinity(EmbeddingTable text) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("text", of => of.Text is { } text ? new TextAffinity(text) : null);

    public void Fill(RankedUser user, Span<float> values)
    {
        var mean = new float[text.Vectors.Stride];
        foreach (int item in user.NewestItems)
            if (item < text.Items) TensorPrimitives.Add<float>(mean, text.Vectors.PaddedRow(item), mean);
        float norm = TensorPrimitives.Norm<float>(mean);
        for (int k = 0; k < values.Length; k++)
        {
            var row = text.Vectors.PaddedRow(user.Items[k]);
            values[k] = norm > 0 && row.ContainsAnyExcept(0f) ? TensorPrimitives.Dot<float>(mean, row) / norm : float.NaN;
        }
    }
}

/// <summary>Greatest cosine of the candidate's text with one of the user's newest items'; missing where it says nothing.</summary>
internal sealed class TextNearest(EmbeddingTable text) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("nearest text", of => of.Text is { } text ? new TextNearest(text) : null);

    public void Fill(RankedUser user, Span<float> values) => Of(text, user, values);

    internal static void Of(EmbeddingTable space, RankedUser user, Span<float> values)
    {
        int[] newest = Array.FindAll(user.NewestItems, item => item < space.Items);
        Span<float> cosines = stackalloc float[newest.Length];
        for (int k = 0; k < values.Length; k++)
        {
            var row = space.Vectors.PaddedRow(user.Items[k]);
            values[k] = float.NaN;
            if (newest.Length == 0 || !row.ContainsAnyExcept(0f)) continue;
            RowDots.Write(row, space.Vectors, newest, cosines);
            values[k] = TensorPrimitives.MaxNumber<float>(cosines);
        }
    }
}

/// <summary>Greatest cosine of the candidate with one of the user's newest items by who has them; missing where nobody has it.</summary>
internal sealed class BoughtTogether(EmbeddingTable model) : IRankFeature
{
    public static readonly FeatureDefinition Definition = new("nearest by who has it", of => of.ModelSpace is { } model ? new BoughtTogether(model) : null);

    public void Fill(RankedUser user, Span<float> values) => TextNearest.Of(model, user, values);
}
