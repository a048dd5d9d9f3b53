using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>A policy whose value is asked for.</summary>
/// <param name="Name">As reports show it.</param>
/// <param name="Probabilities">By context and arm; null stands for the policies that drew the lists, whatever they were.</param>
internal sealed record TargetPolicy(string Name, double[][]? Probabilities)
{
    public static readonly TargetPolicy Logging = new("as published", null);

    /// <summary>One arm for everybody.</summary>
    public static TargetPolicy Always(string name, int arm, int contexts, int arms) =>
        new(name, [.. Enumerable.Range(0, contexts).Select(_ => Enumerable.Range(0, arms).Select(a => a == arm ? 1.0 : 0.0).ToArray())]);

    public static TargetPolicy Of(string name, DiversityPolicy policy) =>
        new(name, [.. policy.Shares.Select(row => row.Select(share => share / (double)DiversityPolicy.Whole).ToArray())]);
}
