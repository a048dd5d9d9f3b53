using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>Users as rules see them.</summary>
/// <param name="Count">Users there are.</param>
/// <param name="Segments">A segment a user, null where a user has none; null as a whole without a user table.</param>
/// <param name="Attributes">Further columns of the user table; null where there are none.</param>
internal sealed record RuleUsers(int Count, IReadOnlyList<string?>? Segments, AttributeTable? Attributes)
{
    public string? SegmentOf(int user) => Segments is { } all && user < all.Count ? all[user] : null;

    public string? ValueOf(string column, int user) =>
        column.Equals("segment", StringComparison.OrdinalIgnoreCase) ? SegmentOf(user)
        : Attributes?.Find(column) is { } values && user < values.Length ? values[user] : null;

    public bool Has(string column) =>
        column.Equals("segment", StringComparison.OrdinalIgnoreCase) ? Segments is not null : Attributes?.Find(column) is not null;
}
