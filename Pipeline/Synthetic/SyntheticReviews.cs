namespace Recsys.Batch.Pipeline.Synthetic;

/// <summary>What made-up customers write of an item: words that go with their stars.</summary>
internal static class SyntheticReviews
{
    private const ulong ReviewStream = 9;
    private const int LongestUse = 400;

    private static readonly string[] Praise = ["Lovely", "A delight:", "Very good", "Better than I hoped:", "Beautifully made", "I would buy again this"];
    private static readonly string[] Blame = ["Poor", "A let-down:", "Not worth its price:", "Badly made", "I sent back this", "Worse than the picture:"];
    private static readonly string[] Shrug = ["It does its job:", "Neither good nor bad:", "As described:"];
    private static readonly string[] Pleased = ["still perfect", "everybody asks where it is from", "sturdy and bright"];
    private static readonly string[] Cross = ["broken", "the colour came off", "it fell apart"];
    private static readonly string[] Even = ["nothing to report", "used now and then"];

    /// <param name="number">Of the rating: each has a text of its own.</param>
    /// <param name="stars">1 to 5.</param>
    public static string Of(ulong seed, long number, int stars, string title)
    {
        var random = new CounterRandom(seed, ReviewStream, (ulong)number);
        var (openings, closings) = stars > 3 ? (Praise, Pleased) : stars < 3 ? (Blame, Cross) : (Shrug, Even);
        string opening = openings[random.Below(openings.Length)];
        string closing = closings[random.Below(closings.Length)];
        return FormattableString.Invariant($"{opening} {title}, {closing} after {1 + random.Below(LongestUse)} days.");
    }
}
