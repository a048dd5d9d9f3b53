namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>What the factorization shall give back for a pair with an interaction.</summary>
internal enum LabelKind
{
    /// <summary>1 for every pair.</summary>
    Uniform = 0,

    /// <summary>The interaction's value: a rating, a quantity.</summary>
    Linear = 1,

    /// <summary>ln(1 + value).</summary>
    Log = 2,
}

internal static class LabelKinds
{
    public static float Of(this LabelKind kind, float value) => kind switch
    {
        LabelKind.Linear => value,
        LabelKind.Log => MathF.Log(1 + value),
        _ => 1,
    };
}
