namespace Recsys.Batch.Pipeline.Data;

/// <summary>Why an item stands on a list.</summary>
internal enum ReasonCode : byte
{
    /// <summary>Items of the user's history carried the score.</summary>
    BecauseYouBought = 0,

    /// <summary>Many people buy it; the user has no history that says more.</summary>
    Popular = 1,

    /// <summary>What is said of it is similar to what is said of items in the user's history.</summary>
    SimilarText = 2,

    /// <summary>A rule of the shop put it there.</summary>
    Promoted = 3,

    /// <summary>It is similar to items that the user rated at or above the threshold.</summary>
    RatedWell = 4,
}

/// <summary>
/// The lists of a block of users as columns. User u's list is <c>[Offsets[u], Offsets[u + 1])</c>, best first; its rank is the position
/// plus one.
/// </summary>
internal sealed class RecommendationBlock
{
    public const int MaxReasonItems = 3;

    public required int[] Users { get; init; }

    public required int[] Offsets { get; init; }

    public required int[] Items { get; init; }

    /// <summary>The objective's value at the time the item was chosen: relevance plus diversity gain.</summary>
    public required float[] Scores { get; init; }

    public required float[] Relevance { get; init; }

    public required float[] DiversityGain { get; init; }

    public required ReasonCode[] Reasons { get; init; }

    /// <summary><see cref="MaxReasonItems"/> item indices an entry, best first, -1 where there are fewer.</summary>
    public required int[] ReasonItems { get; init; }

    public required CandidateSource[] Sources { get; init; }

    /// <summary>
    /// Probability with which the policy drew the list that this entry stands on, in (0, 1]: P(arm | context) of the user's arm, the same for every entry of a
    /// list; 1 where lists are not drawn. A policy pi over the same arms weighs what this list brought by pi(arm | context) / propensity. That of one item at
    /// one rank, the sum of P(arm | context) over all arms whose list has it there, is at least this: weighing single entries by 1 / propensity of their list
    /// is unbiased too, only more widely spread.
    /// </summary>
    public required float[] Propensity { get; init; }

    /// <summary>The rule that put an entry there, by its number in <see cref="Rules"/> from 1; 0: none did. Null where there are no rules.</summary>
    public int[]? PlacedBy { get; init; }

    /// <summary>Names of the rules, by number less 1.</summary>
    public IReadOnlyList<string> Rules { get; init; } = [];

    /// <summary>Pairs of a list's position and the number of a rule that could not hold on it; null where there are no rules.</summary>
    public int[]? Yielded { get; init; }

    /// <summary>Who else could stand on the lists; null where nobody asks.</summary>
    public ReserveBlock? Reserve { get; init; }

    /// <summary>What features of the ranker carried entries; null where no ranker serves.</summary>
    public ListFeatures? Features { get; set; }

    /// <summary>By list what its user's candidates were ranked by, on the way to <see cref="Features"/>; null where nobody asks.</summary>
    public RankedRows?[]? Ranked { get; set; }

    /// <summary>Numbers of the rules that could not hold on a list.</summary>
    public IEnumerable<int> YieldedOn(int list)
    {
        for (int at = 0; at < (Yielded?.Length ?? 0); at += 2)
            if (Yielded![at] == list) yield return Yielded[at + 1];
    }

    /// <summary>The name of the rule that put an entry there; empty where none did.</summary>
    public string Placed(int entry) => PlacedBy is { } by && by[entry] > 0 ? Rules[by[entry] - 1] : "";
}
