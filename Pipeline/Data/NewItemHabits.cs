namespace Recsys.Batch.Pipeline.Data;

/// <summary>What the log says of items that nobody has met.</summary>
/// <param name="Share">Share of such items among a user's purchases new to them in the validation window, for nine users in ten at most.</param>
/// <param name="Days">Days for which such an item is new; it is dead stock after. 0: age does not matter.</param>
internal sealed record NewItemHabits(double Share, double Days = 0);
