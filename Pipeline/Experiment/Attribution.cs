using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Experiment;

/// <summary>
/// Purchases to the lists that had their item: a purchase is that of the last version before it on whose list the customer had the item, where no more than the
/// window lies between the last moment at which the list could be seen (or, where impressions are logged, at which the item was shown) and the purchase.
/// </summary>
/// <param name="window">Seconds.</param>
/// <param name="shown">Logged impressions; null: a list counts as seen as long as it was the current one.</param>
internal sealed class Attribution(PurchaseLog log, CustomerOrders orders, IReadOnlyList<ListedItems> versions, long window, IShownItems? shown)
{
    public const string List = "user_recommendations";

    private readonly SortedDictionary<(string By, string Name), Cell> _cells = [];

    /// <summary>Rows by group, version, place, reason and rule, the last four of personal lists alone.</summary>
    public IReadOnlyList<AttributedRow> Run(CancellationToken cancellation)
    {
        if (versions.Count == 0) return [];
        var (personal, control) = (Listed(isControl: false), Listed(isControl: true));
        Open("group", "personal", personal);
        if (control > 0) Open("group", "control", control);
        foreach (var version in versions)
            Open("version", version.Version.Version, Enumerable.Range(0, version.HasList.Length).Count(u => version.HasList[u] && !version.IsControl[u]));
        Open("place", List, personal);
        for (int user = 0; user < log.Users; user++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++) Attribute(user, at, personal);
        }
        return [.. _cells.OrderBy(c => Order(c.Key.By)).ThenBy(c => c.Key.By == "version" ? "" : c.Key.Name, StringComparer.Ordinal)
            .Select(c => c.Value.Row(c.Key.By, c.Key.Name))];

        static int Order(string by) => Array.IndexOf((string[])["group", "version", "place", "reason", "rule"], by);
    }

    private void Attribute(int user, int at, int personal)
    {
        long second = log.Seconds[at];
        ulong pair = ListedItems.KeyOf(user, log.Items[at]);
        bool isListed = false;
        var placed = new HashSet<string>(StringComparer.Ordinal);
        for (int v = versions.Count - 1; v >= 0; v--)
        {
            var version = versions[v];
            if (version.Version.From > second) continue;
            long seen = Math.Min(second, version.Version.Until ?? long.MaxValue);
            if (second - seen > window) break;
            foreach (string place in version.PlacesOf(pair))
                if (placed.Add(place)) Add("place", place, personal, user, at);
            if (isListed || version.Of(pair) is not { } entry || !IsSeen(user, log.Items[at], version.Version.Version, second)) continue;
            isListed = true;
            Add("group", version.IsControl[user] ? "control" : "personal", personal, user, at);
            if (version.IsControl[user]) continue;
            Add("version", version.Version.Version, personal, user, at);
            Add("place", List, personal, user, at);
            Add("reason", entry.Reason, personal, user, at);
            if (entry.Rule.Length > 0) Add("rule", entry.Rule, personal, user, at);
        }
    }

    private bool IsSeen(int user, int item, string version, long second) =>
        shown is null || shown.LastShown(user, item, version, second) is { } last && second - last <= window;

    private int Listed(bool isControl) =>
        Enumerable.Range(0, log.Users).Count(u => versions.Any(v => v.HasList[u] && v.IsControl[u] == isControl));

    private void Open(string by, string name, int users)
    {
        if (!_cells.ContainsKey((by, name))) _cells[(by, name)] = new Cell(users);
    }

    private void Add(string by, string name, int users, int user, int at)
    {
        Open(by, name, users);
        _cells[(by, name)].Add(user, orders.Orders[at], orders.Values[at]);
    }

    /// <summary>Purchases come customer by customer, so what one of them bought is summed before the next begins.</summary>
    private sealed class Cell(int users)
    {
        private readonly HashSet<int> _orders = [];
        private int _user = -1, _buyers;
        private long _purchases, _allOrders;
        private double _revenue, _allRevenue, _revenueSquares, _orderSquares;

        public void Add(int user, int order, double value)
        {
            if (user != _user) Close();
            _user = user;
            _purchases++;
            _orders.Add(order);
            _revenue += value;
        }

        public AttributedRow Row(string by, string name)
        {
            Close();
            return new AttributedRow(
                by, name, users, _buyers, _purchases, _allOrders, _allRevenue, MeanInterval.Of(_allOrders, _orderSquares, users),
                MeanInterval.Of(_allRevenue, _revenueSquares, users));
        }

        private void Close()
        {
            if (_orders.Count == 0) return;
            _buyers++;
            _allOrders += _orders.Count;
            _orderSquares += (double)_orders.Count * _orders.Count;
            _allRevenue += _revenue;
            _revenueSquares += _revenue * _revenue;
            _orders.Clear();
            _revenue = 0;
        }
    }
}
