using System.Globalization;

namespace Recsys.Batch.Pipeline.Constrain.Allocation;

/// <summary>One bound of the whole night: of an item, a seller, a group.</summary>
/// <param name="Name">The value that it is of: an item's id, a seller; empty where all of the rule's items are counted together.</param>
/// <param name="Bound">Entries of the night.</param>
internal sealed record Account(Rule Rule, string Name, long Bound)
{
    public bool IsFloor => Rule.Kind == RuleKind.Floor;
}

/// <summary>
/// The night's limits and floors, and which items count towards which. Memory: 4 bytes an item and 8 for every item and account that it counts towards.
/// </summary>
internal sealed class Accounts
{
    private readonly List<Account> _all = [];
    private readonly int[] _first;
    private readonly int[] _of;
    private readonly int[] _itemsFirst;
    private readonly int[] _items;

    /// <param name="listable">Items that may stand on lists.</param>
    /// <param name="lists">Lists that will be made.</param>
    public Accounts(RuleSet rules, bool[] listable, long lists, int listLength)
    {
        int items = rules.Items.Count;
        var pairs = new List<(int Item, int Account)>();
        foreach (var rule in rules.Active.Where(r => r.IsAcrossUsers))
        {
            var among = rules.ItemsOf(rule);
            var (groups, names) = rule.Per is not null || rule.ListsPerPiece is not null
                ? rules.Items.GroupsOf(rule.Per ?? "item", among)
                : ([.. Enumerable.Range(0, items).Select(i => among?.Contains(i) != false ? 0 : -1)], [""]);
            var accounts = new int[names.Count];
            accounts.AsSpan().Fill(-1);
            for (int item = 0; item < items; item++)
            {
                if (groups[item] is not (>= 0 and var group) || !listable[item]) continue;
                if (accounts[group] < 0)
                {
                    if (BoundOf(rule, rules.Items, item, lists, listLength) is not { } bound) continue;
                    accounts[group] = _all.Count;
                    _all.Add(new Account(rule, names[group], bound));
                }
                pairs.Add((item, accounts[group]));
            }
        }
        (_first, _of) = Rows(items, [.. pairs]);
        (_itemsFirst, _items) = Rows(_all.Count, [.. pairs.Select(p => (p.Account, p.Item))]);
        HasFloors = _all.Exists(a => a.IsFloor);
    }

    public IReadOnlyList<Account> All => _all;

    public bool HasFloors { get; }

    public int Items => _first.Length - 1;

    public ReadOnlySpan<int> Of(int item) => _of.AsSpan(_first[item], _first[item + 1] - _first[item]);

    public ReadOnlySpan<int> ItemsOf(int account) => _items.AsSpan(_itemsFirst[account], _itemsFirst[account + 1] - _itemsFirst[account]);

    private static long? BoundOf(Rule rule, RuleItems items, int item, long lists, int listLength)
    {
        if (rule.Lists is { } stated) return stated;
        if (rule.Share is { } share)
            return rule.Kind == RuleKind.Floor ? (long)Math.Ceiling(share * lists * listLength) : (long)Math.Floor(share * lists * listLength);
        // Of an item whose stock nobody knows nothing is known to run out.
        return items.ValueOf(RuleItems.Stock, item) is { } pieces
            && double.TryParse(pieces, NumberStyles.Float, CultureInfo.InvariantCulture, out double stock) && double.IsFinite(stock)
            ? (long)Math.Clamp(Math.Floor((rule.LessExpected ? stock - (items.Expected?[item] ?? 0) : stock) * rule.ListsPerPiece!.Value), 0, 1e15)
            : null;
    }

    private static (int[] First, int[] Values) Rows(int rows, (int Row, int Value)[] pairs)
    {
        var first = new int[rows + 1];
        foreach (var (row, _) in pairs) first[row + 1]++;
        for (int row = 0; row < rows; row++) first[row + 1] += first[row];
        var next = first.AsSpan(0, rows).ToArray();
        var values = new int[pairs.Length];
        foreach (var (row, value) in pairs) values[next[row]++] = value;
        return (first, values);
    }
}
