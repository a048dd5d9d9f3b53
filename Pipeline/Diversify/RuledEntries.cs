using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>What rules did to the lists of a block.</summary>
internal sealed class RuledEntries(int room)
{
    private readonly List<int> _yielded = [];

    /// <summary>By entry, the rule's number; 0: none.</summary>
    public int[] PlacedBy { get; } = new int[room];

    /// <summary>Pairs of a list's position and the number of a rule that could not hold on it.</summary>
    public int[] Yielded => [.. _yielded];

    public static RuledEntries? Of(IListConstraints? constraints, int room) => constraints is null ? null : new RuledEntries(room);

    /// <param name="position">The list's position in the block.</param>
    /// <param name="first">The list's first entry in the block.</param>
    public void Add(int position, int first, ReadOnlySpan<ListEntry> list, IListSelection? selection)
    {
        if (selection is null) return;
        for (int entry = 0; entry < list.Length; entry++) PlacedBy[first + entry] = selection.RuleOf(list[entry].Position);
        foreach (int rule in selection.Yielded) _yielded.AddRange([position, rule]);
    }
}
