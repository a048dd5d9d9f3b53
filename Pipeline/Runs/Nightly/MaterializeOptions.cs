using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly;

/// <summary>Section <c>Materialize</c>: how lists are made in user blocks. Block size decides memory and files, never the lists.</summary>
internal sealed class MaterializeOptions : IStageOptions
{
    /// <summary>Users a block, 1 to 1,024: the unit of memory, of progress and of resuming.</summary>
    public int BlockUsers { get; set; } = CandidateBlock.MaxUsers;

    /// <summary>Whether items that a user already has may stand on their list, as a grocer wants it.</summary>
    public bool AllowSeen { get; set; }

    /// <summary>Whether items that a user returned, rated below the threshold or hid may stand on their list.</summary>
    public bool AllowDisliked { get; set; }

    /// <summary>
    /// Entries of a list, 0 to 1,000, that may be others than on the user's list in the version before, so that lists do not flicker; empty: any number. What
    /// was bought, sold out or ruled out goes beyond that, and so does what limits across users move.
    /// </summary>
    public int? MaxChanges { get; set; }

    /// <summary>Items that a user was shown often and never clicked.</summary>
    public FatigueOptions Fatigue { get; set; } = new();

    /// <summary>Items whose season comes or goes.</summary>
    public SeasonOptions Season { get; set; } = new();

    /// <summary>What stays off the lists of users with these histories; null: nothing.</summary>
    internal SparseRows? Excluded(InteractionMatrix histories) =>
        PairSets.Union(AllowSeen ? null : histories.ByUser, AllowDisliked ? null : histories.Disliked);

    public void Validate(OptionsCheck check) => check
        .InRange(BlockUsers, 1, CandidateBlock.MaxUsers)
        .Require(MaxChanges is null or (>= 0 and <= 1_000), MaxChanges, "a whole number from 0 to 1000, or nothing")
        .Nested(Fatigue)
        .Nested(Season);
}
