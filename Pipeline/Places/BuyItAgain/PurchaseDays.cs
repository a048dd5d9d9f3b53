using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Places.BuyItAgain;

/// <summary>On how many days a customer bought an item, and on which first and last, in days since 1970.</summary>
internal readonly record struct PairDays(int Item, int Days, int First, int Last);

/// <summary>The purchases of a customer as days by item, in memory that is used again for the next customer.</summary>
internal sealed class PurchaseDays(PurchaseLog log)
{
    public const int SecondsADay = 86_400;

    private readonly List<(int Item, int Day)> _rows = [];
    private readonly List<PairDays> _pairs = [];

    /// <summary>By item, ascending; valid until the next call.</summary>
    public IReadOnlyList<PairDays> Of(int user)
    {
        _rows.Clear();
        _pairs.Clear();
        for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++) _rows.Add((log.Items[at], (int)(log.Seconds[at] / SecondsADay)));
        _rows.Sort();
        for (int k = 0; k < _rows.Count;)
        {
            var (item, first) = _rows[k];
            int days = 0, last = -1;
            for (; k < _rows.Count && _rows[k].Item == item; k++)
            {
                if (_rows[k].Day == last) continue;
                last = _rows[k].Day;
                days++;
            }
            _pairs.Add(new PairDays(item, days, first, last));
        }
        return _pairs;
    }
}
