namespace Recsys.Batch.Benchmarks.Comparisons;

/// <summary>One figure of ours beside that of a peer, or of a limit, taken in the same run.</summary>
/// <param name="Name">What was measured, on what.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Theirs">The other's.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Beside">Who the other is.</param>
/// <param name="Ratio">What is aimed at: how many times better we are, or, with <paramref name="AtMost"/>, our share of the other's.</param>
/// <param name="Target">The ratio that is asked for.</param>
/// <param name="AtMost">Whether the target is the most that the ratio may be, not the least.</param>
internal sealed record Comparison(string Name, double Ours, double Theirs, string Unit, string Beside, double Ratio, double Target, bool AtMost = false)
{
    public bool Reached => AtMost ? Ratio <= Target : Ratio >= Target;

    /// <summary>Of figures that are better when they are higher.</summary>
    public static Comparison Faster(string name, double ours, double theirs, string unit, string beside, double target) =>
        new(name, ours, theirs, unit, beside, ours / theirs, target);

    /// <summary>Of times and sizes: how many times ours goes into the other's.</summary>
    public static Comparison Shorter(string name, double ours, double theirs, string unit, string beside, double target) =>
        new(name, ours, theirs, unit, beside, theirs / ours, target);

    /// <summary>Of times, where we do not get to what the other gets to.</summary>
    public static Comparison NotReached(string name, double theirs, string unit, string beside, double target) => new(name, 0, theirs, unit, beside, 0, target);

    /// <summary>Of times and sizes that may be at most a share of the other's.</summary>
    public static Comparison Share(string name, double ours, double theirs, string unit, string beside, double target) =>
        new(name, ours, theirs, unit, beside, ours / theirs, target, AtMost: true);
}
