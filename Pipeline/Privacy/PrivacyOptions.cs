using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Privacy;

/// <summary>
/// Section <c>Privacy</c>: what the program keeps of people who asked to be gone, and what tables that strangers see, <c>item_neighbors</c> and
/// <c>segment_defaults</c>, may say of a customer.
/// </summary>
internal sealed class PrivacyOptions : IStageOptions
{
    /// <summary>
    /// Key under which the ids of forgotten users are hashed, so that they are known when logs bring them again: <c>env:NAME</c> or <c>file:PATH</c> that holds
    /// 64 hex digits, or the digits; empty: made once and kept in <c>privacy/key</c> of the output folder. A secret: who has it and the list can find out
    /// whether an id is on it. It is part of no hash, no ledger row and no message.
    /// </summary>
    public string? Key { get; set; }

    /// <summary>
    /// Customers, 1 to 1,000,000, who must have an item for it to be a newcomer's, and both items for one to be the other's neighbor by purchases (<c>cf</c>
    /// and <c>blend</c>; <c>text</c> is of no customer). 1: anything bought by anybody.
    /// </summary>
    public int MinCustomers { get; set; } = 1;

    /// <summary>
    /// Epsilon of a night's neighbors by purchases and newcomers' lists together, above 0 to 100: whatever is read off them is at most exp(epsilon) times as
    /// likely with a customer as without. Null: counts have no noise.
    /// </summary>
    public double? Epsilon { get; set; }

    /// <summary>The probability with which <see cref="Epsilon"/> may not hold, above 0 to 0.001; well below one over the number of customers.</summary>
    public double Delta { get; set; } = 1e-6;

    /// <summary>Items, 2 to 1,000, for which a customer counts at most where <see cref="Epsilon"/> is set: fewer need less noise.</summary>
    public int MaxItems { get; set; } = 20;

    public void Validate(OptionsCheck check) => check
        .Require(Key is null || !string.IsNullOrWhiteSpace(Key), null, "env:NAME, file:PATH, 64 hex digits, or no key", nameof(Key))
        .InRange(MinCustomers, 1, 1_000_000)
        .Require(Epsilon is null or (> 0 and <= 100), Epsilon, "a number above 0, to 100, or no value for no noise")
        .Require(Delta is > 0 and <= 0.001, Delta, "a number above 0, to 0.001")
        .InRange(MaxItems, 2, 1_000);
}
