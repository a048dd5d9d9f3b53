namespace Recsys.Batch.Pipeline.Synthetic.Kinds;

/// <summary>A kind of log that <c>generate --kind</c> makes.</summary>
/// <param name="Sizes">What is made where nothing else is said.</param>
/// <param name="Least">Events of every user before the rest is dealt out, where there are enough.</param>
/// <param name="ActivityExponent">The rest is dealt out by <c>(rank + users / 20)^-exponent</c>.</param>
internal sealed record SyntheticKind(
    string Name, KindParameters Sizes, int Least, double ActivityExponent, Func<KindParameters, ISyntheticKind> Model)
{
    /// <summary>Whether events are ratings of 1 to 5; otherwise they are purchases.</summary>
    public bool HasRatings { get; init; }
}

/// <summary>The kinds, each with a property of its own that some recommenders live by and others cannot see.</summary>
internal static class SyntheticKinds
{
    public static readonly IReadOnlyList<SyntheticKind> All =
    [
        new("sequences", new(18_493, 11_627, 150_000) { Days = 60 }, 4, 0.5, p => new SequencesKind(p)),
        new("dense", new(6_011, 3_412, 480_000) { Days = 180 }, 20, 0.7, p => new DenseKind(p)) { HasRatings = true },
        new("trends", new(10_294, 3_494, 240_000) { Days = 360 }, 5, 0.7, p => new TrendsKind(p)),
        new("long-tail", new(17_069, 40_640, 340_000) { Days = 360 }, 5, 0.7, p => new LongTailKind(p)),
    ];

    public static SyntheticKind? Find(string name) => All.FirstOrDefault(k => k.Name == name);
}
