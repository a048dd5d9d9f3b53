namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>One item of a list that its user was shown, however often.</summary>
/// <param name="List">Number of the list among those of <see cref="ShownItems.Lists"/>.</param>
/// <param name="Item">Number of the item among those that the logs name.</param>
/// <param name="Rank">Where it was published, from 1.</param>
/// <param name="Relevance">As the list has it.</param>
/// <param name="Spread">Share of the version's lists that it stands on, 0 to 1.</param>
internal readonly record struct ShownItem(int List, int Item, int Rank, float Relevance, float Spread, bool IsClicked, bool IsBought);

/// <summary>Lists that customers saw, item by item.</summary>
internal sealed class ShownItems
{
    private readonly ShownItem[] _all;

    public ShownItems(LoggedImpressions lists, ShownItem[] all)
    {
        (Lists, _all) = (lists, all);
        ByPair = [.. Enumerable.Range(0, all.Length)];
        var keys = Array.ConvertAll(all, shown => (ulong)(uint)lists.Users[shown.List] << 32 | (uint)shown.Item);
        Array.Sort(ByPair, (a, b) => keys[a] != keys[b] ? keys[a].CompareTo(keys[b]) : a.CompareTo(b));
        var starts = new List<int>();
        for (int i = 0; i < ByPair.Length; i++)
            if (i == 0 || keys[ByPair[i]] != keys[ByPair[i - 1]]) starts.Add(i);
        PairStarts = [.. starts, ByPair.Length];
    }

    public LoggedImpressions Lists { get; }

    public int Count => _all.Length;

    public ref readonly ShownItem this[int at] => ref _all[at];

    /// <summary>Indices ordered by user and item.</summary>
    public int[] ByPair { get; }

    /// <summary>Where in <see cref="ByPair"/> each pair of user and item begins, and last its length.</summary>
    public int[] PairStarts { get; }

    /// <summary>Cluster of who saw it.</summary>
    public int UserOf(int at) => Lists.Users[_all[at].List];

    /// <summary>By which context and arm its list was drawn, 0 to contexts x arms - 1.</summary>
    public int CellOf(int at) => Lists.Context[_all[at].List] * Lists.Arms + Lists.Arm[_all[at].List];
}
