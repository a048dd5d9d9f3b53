namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// Which order each purchase is of. Rows of one user with one order's id are an order; rows without an id are one where no more than some minutes lie between
/// one and the next.
/// </summary>
internal static class OrderNumbers
{
    /// <param name="minutes">What may lie between two rows of an order that has no id.</param>
    /// <returns>
    /// A number by purchase, ascending by the first row of each order; those of one user are theirs alone. -1 where the row has no id and the log no time, so
    /// that nobody knows what it was bought with.
    /// </returns>
    public static int[] Of(PurchaseLog log, double minutes)
    {
        var numbers = new int[log.Count];
        var known = new Dictionary<uint, int>();
        int next = 0;
        for (int user = 0; user < log.Users; user++)
        {
            known.Clear();
            int session = -1;
            uint last = 0;
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
            {
                uint id = log.Orders?[at] ?? 0, second = log.Seconds[at];
                if (id != 0)
                {
                    if (!known.TryGetValue(id, out numbers[at])) known[id] = numbers[at] = next++;
                    continue;
                }
                if (!log.HasTime)
                {
                    numbers[at] = -1;
                    continue;
                }
                if (session < 0 || second - last > minutes * 60) session = next++;
                (numbers[at], last) = (session, second);
            }
        }
        return numbers;
    }
}
