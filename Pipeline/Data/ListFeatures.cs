namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// What features of a ranker add to the scores that a block's entries were ranked by, beside the score of the ranker's usual candidate, whose features are all
/// the mean: by entry the strongest that speak for it, and what all others come to together. With the usual candidate's score they add up to the ranker's.
/// </summary>
/// <param name="Names">The ranker's features.</param>
/// <param name="Strongest"><see cref="Max"/> numbers of <paramref name="Names"/> an entry, the greatest share first, -1 where there are fewer.</param>
/// <param name="Shares">Of those, above 0; 0 where there is none. Log-odds of a purchase under logistic regression, the trees' own unit under LightGBM.</param>
/// <param name="Others">By entry the sum of all other shares, of either sign; NaN where no ranker put the entry there.</param>
internal sealed record ListFeatures(IReadOnlyList<string> Names, short[] Strongest, float[] Shares, float[] Others)
{
    /// <summary>Features that are named for an entry at most.</summary>
    public const int Max = 3;

    /// <summary>For entries of which nothing is known yet.</summary>
    public static ListFeatures None(IReadOnlyList<string> names, int entries)
    {
        var none = new ListFeatures(names, new short[entries * Max], new float[entries * Max], new float[entries]);
        none.Strongest.AsSpan().Fill(-1);
        none.Others.AsSpan().Fill(float.NaN);
        return none;
    }

    /// <summary>Whether a ranker put the entry there.</summary>
    public bool Has(int entry) => !float.IsNaN(Others[entry]);

    /// <summary>The names of an entry's strongest features with their shares, the greatest first.</summary>
    public IEnumerable<(string Name, float Share)> Of(int entry)
    {
        for (int at = entry * Max; at < (entry + 1) * Max && Strongest[at] >= 0; at++) yield return (Names[Strongest[at]], Shares[at]);
    }

    /// <summary>Takes an entry over from <paramref name="other"/>, whose names are among these.</summary>
    /// <param name="numbers">By the other's number of a feature the number here.</param>
    public void Take(ListFeatures other, int from, int to, ReadOnlySpan<short> numbers)
    {
        for (int at = 0; at < Max; at++)
        {
            short number = other.Strongest[from * Max + at];
            Strongest[to * Max + at] = number < 0 ? number : numbers[number];
        }
        other.Shares.AsSpan(from * Max, Max).CopyTo(Shares.AsSpan(to * Max));
        Others[to] = other.Others[from];
    }

    /// <summary>Numbers of this one's features among <paramref name="names"/>, to which those that it lacks are added.</summary>
    public short[] Among(List<string> names)
    {
        var numbers = new short[Names.Count];
        for (int f = 0; f < numbers.Length; f++)
        {
            int at = names.IndexOf(Names[f]);
            if (at < 0)
            {
                at = names.Count;
                names.Add(Names[f]);
            }
            numbers[f] = checked((short)at);
        }
        return numbers;
    }
}
