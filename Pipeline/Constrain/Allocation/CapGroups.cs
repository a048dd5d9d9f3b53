namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>The groups of one cap on one list after another: a group that was touched for an earlier list is new to the next one.</summary>
internal sealed class CapGroups(ListCap cap)
{
    private readonly int[] _groups = cap.Groups;
    private readonly int _most = cap.Rule.Most;
    private readonly State[] _states = new State[cap.Groups.Length == 0 ? 0 : cap.Groups.Max() + 1];
    private int _list;

    /// <summary>Whether the cap speaks of the item.</summary>
    public bool Has(int item) => _groups[item] >= 0;

    /// <summary>The item's group as this list uses it.</summary>
    public ref State Of(int item)
    {
        ref var state = ref _states[_groups[item]];
        if (state.List != _list) state = new State { List = _list, Most = _most, Best = double.NegativeInfinity, Worst = double.PositiveInfinity };
        return ref state;
    }

    /// <summary>Begins a list.</summary>
    /// <param name="came">The list as it came: what it has of a group beyond the cap stays allowed.</param>
    public void Open(ReadOnlySpan<int> came)
    {
        _list++;
        foreach (int item in came)
            if (Has(item)) Of(item).Count++;
        foreach (int item in came)
        {
            if (!Has(item)) continue;
            ref var state = ref Of(item);
            (state.Most, state.Count) = (Math.Max(state.Count, state.Most), 0);
        }
    }

    /// <summary>What a list has of a group.</summary>
    internal struct State
    {
        public int List;

        public int Count;

        public int Most;

        /// <summary>The best candidate that the group blocks.</summary>
        public double Best;

        /// <summary>The least entry that the list has of the group.</summary>
        public double Worst;

        public readonly bool IsFull => Count >= Most;
    }
}
