using System.Numerics.Tensors;

namespace Recsys.Batch.Pipeline.Embed.Onnx;

/// <summary>How the vectors of a text's tokens become one.</summary>
internal enum Pooling
{
    /// <summary>The graph does it.</summary>
    None,

    Mean,

    /// <summary>The first token's.</summary>
    Cls,

    Max,
}

internal static class TokenPooling
{
    /// <param name="tokens">length x d, row-major; no token of padding among them.</param>
    /// <param name="into">d floats.</param>
    public static void Pool(Pooling pooling, ReadOnlySpan<float> tokens, Span<float> into)
    {
        tokens[..into.Length].CopyTo(into);
        if (pooling is Pooling.None or Pooling.Cls) return;
        for (int at = into.Length; at < tokens.Length; at += into.Length)
        {
            var token = tokens.Slice(at, into.Length);
            if (pooling == Pooling.Max) TensorPrimitives.Max(into, token, into);
            else TensorPrimitives.Add(into, token, into);
        }
        if (pooling == Pooling.Mean) TensorPrimitives.Divide(into, (float)(tokens.Length / into.Length), into);
    }

    /// <summary>Scales to length 1; zeros stay.</summary>
    /// <returns>False where a value is not finite.</returns>
    public static bool Normalize(Span<float> vector)
    {
        double square = 0;
        foreach (float x in vector) square += (double)x * x;
        if (square == 0) return true;
        double scale = 1 / Math.Sqrt(square);
        for (int k = 0; k < vector.Length; k++) vector[k] = (float)(vector[k] * scale);
        return double.IsFinite(square);
    }
}
