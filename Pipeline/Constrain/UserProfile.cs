using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Constrain;

/// <summary>A cap with its items by group.</summary>
/// <param name="Groups">By item, -1 where the cap does not speak of it.</param>
internal sealed record ListCap(Rule Rule, int[] Groups);

/// <summary>A rule that puts items onto lists, with them.</summary>
internal sealed record Placement(Rule Rule, ItemSet Items);

/// <summary>What holds alike for all users of one segment and of equal attributes that rules ask for.</summary>
/// <param name="RuledOut">Items that stay off their lists; null: none.</param>
/// <param name="Placements">In the order in which they are seen to: pins, then slots and quotas, each by priority and number.</param>
/// <param name="Caps">The one that yields last stands first.</param>
/// <param name="Boosts">By item; null: nothing is boosted.</param>
/// <param name="Named">Items that rules name.</param>
internal sealed record UserProfile(
    ItemSet? RuledOut, IReadOnlyList<Placement> Placements, IReadOnlyList<ListCap> Caps, float[]? Boosts, IReadOnlyList<int> Named)
{
    /// <summary>
    /// Caps under which a list of the greatest worth is found by taking, entry after entry, what brings most: of any two groups of these caps and of the
    /// promotions one is within the other or they have nothing in common. Such worth is M-natural-concave, and the greedy choice is exact (Murota 2003).
    /// </summary>
    public bool[] NestedCaps => _nested ??= Nested(beside: Placements);

    /// <summary>The same where promotions are left aside.</summary>
    public bool[] NestedAlone => _alone ??= Nested(beside: []);

    /// <summary>Whether promotions have nothing in common, or are of the same items.</summary>
    public bool HasDisjointPlacements => _disjoint ??= Disjoint();

    /// <summary>Whether the greedy choice is the best one under all caps and promotions.</summary>
    public bool IsLaminar => HasDisjointPlacements && !NestedCaps.Contains(false);

    private bool[]? _nested;
    private bool[]? _alone;
    private bool? _disjoint;

    public bool ShapesLists => Placements.Count > 0 || Caps.Count > 0 || Boosts is not null;

    private bool Disjoint()
    {
        for (int a = 0; a < Placements.Count; a++)
            for (int b = a + 1; b < Placements.Count; b++)
                if (Placements[a].Items != Placements[b].Items && Placements[a].Items.Meets(Placements[b].Items)) return false;
        return true;
    }

    private bool[] Nested(IReadOnlyList<Placement> beside)
    {
        var nested = new bool[Caps.Count];
        for (int at = 0; at < nested.Length; at++)
        {
            nested[at] = beside.All(p => p.Rule.Kind == RuleKind.Pin || IsNested(p.Items, Caps[at].Groups))
                && Enumerable.Range(0, at).All(before => !nested[before] || AreNested(Caps[before].Groups, Caps[at].Groups));
        }
        return nested;
    }

    private static bool AreNested(int[] a, int[] b) => EachWithinOne(a, b) || EachWithinOne(b, a);

    /// <summary>Whether every group of the first lies in one group of the second, or outside of all.</summary>
    private static bool EachWithinOne(int[] a, int[] b)
    {
        var within = new Dictionary<int, int>();
        for (int item = 0; item < a.Length; item++)
            if (a[item] >= 0 && !within.TryAdd(a[item], b[item]) && within[a[item]] != b[item]) return false;
        return true;
    }

    private static bool IsNested(ItemSet items, int[] groups)
    {
        var (inside, outside) = (new HashSet<int>(), new HashSet<int>());
        bool ungrouped = false;
        for (int item = 0; item < groups.Length; item++)
        {
            if (!items.Contains(item)) outside.Add(groups[item]);
            else if (groups[item] >= 0) inside.Add(groups[item]);
            else ungrouped = true;
        }
        return inside.Count + (ungrouped ? 1 : 0) <= 1 && !ungrouped || !inside.Overlaps(outside);
    }
}
