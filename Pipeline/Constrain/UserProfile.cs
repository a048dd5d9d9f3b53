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
    /// Whether of any two groups of caps and promotions one is within the other or they have nothing in common, and promotions have nothing in common: the
    /// greedy choice is the best one then.
    /// </summary>
    public bool IsLaminar => _isLaminar ??= Laminar();

    private bool? _isLaminar;

    public bool ShapesLists => Placements.Count > 0 || Caps.Count > 0 || Boosts is not null;

    private bool Laminar()
    {
        for (int a = 0; a < Placements.Count; a++)
            for (int b = a + 1; b < Placements.Count; b++)
                if (Placements[a].Items != Placements[b].Items && Placements[a].Items.Meets(Placements[b].Items)) return false;
        foreach (var (at, cap) in Caps.Index())
        {
            foreach (var other in Caps.Skip(at + 1))
                if (!AreNested(cap.Groups, other.Groups)) return false;
            foreach (var placement in Placements)
                if (placement.Rule.Kind != RuleKind.Pin && !IsNested(placement.Items, cap.Groups)) return false;
        }
        return true;
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
