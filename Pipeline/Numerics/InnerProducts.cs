namespace Recsys.Batch.Pipeline.Numerics;

/// <summary>
/// Scores as inner products of an item's factors and those that a user has for items of its class. Most models have one class; where items without events are
/// scored by another rule over the same factors, they are a second, and a user's row is short.
/// </summary>
/// <param name="Users">By class, users x K.</param>
/// <param name="Items">items x K.</param>
/// <param name="Classes">The class of each item; null: all are of the first.</param>
internal sealed record InnerProducts(IReadOnlyList<IFactorRows> Users, FactorMatrix Items, byte[]? Classes = null)
{
    public int Rank => Items.Rank;

    public int ClassOf(int item) => Classes is null ? 0 : Classes[item];

    /// <summary>Whether any, and whether all, of the items of a panel are of a class.</summary>
    public (bool Any, bool All) Holds(int which, int firstItem, int itemCount)
    {
        if (Classes is null) return (which == 0, which == 0);
        var here = Classes.AsSpan(firstItem, itemCount);
        return (here.Contains((byte)which), !here.ContainsAnyExcept((byte)which));
    }
}
