using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>
/// Events by user, item and time: <c>Order[Pointers[u]..Pointers[u + 1]]</c> are the events of user u. Ties are ordered by what the events say
/// (kind, group, amount, price, text), never by the night that brought them, so equal events give equal results whatever night they came in.
/// </summary>
sealed class EventOrder
{
    /// <summary>Users that one worker takes at a time.</summary>
    public const int UsersAtOnce = 2048;

    private EventOrder(int[] order, int[] pointers) => (Order, Pointers) = (order, pointers);

    public int[] Order { get; }

    public int[] Pointers { get; }

    public int Users => Pointers.Length - 1;

    public ReadOnlySpan<int> Of(int user) => Order.AsSpan(Pointers[user], Pointers[user + 1] - Pointers[user]);

    public static EventOrder By(EventLog log, int users, StageContext context)
    {
        var pointers = new int[users + 1];
        var userOf = log.Users.AsSpan(0, log.Count);
        foreach (int u in userOf) pointers[u + 1]++;
        for (int u = 0; u < users; u++) pointers[u + 1] += pointers[u];
        var next = pointers.AsSpan(0, users).ToArray();
        var order = new int[log.Count];
        for (int e = 0; e < userOf.Length; e++) order[next[userOf[e]]++] = e;
        var result = new EventOrder(order, pointers);
        result.ForUsers(context, (from, to) =>
        {
            var keys = Array.Empty<ulong>();
            for (int u = from; u < to; u++)
            {
                int length = pointers[u + 1] - pointers[u];
                if (keys.Length < length) keys = new ulong[length * 2];
                SortUser(log, order.AsSpan(pointers[u], length), keys.AsSpan(0, length));
            }
        });
        return result;
    }

    /// <summary>Runs <paramref name="body"/> over fixed ranges of users on the context's threads: what a range gives cannot depend on their number.</summary>
    public void ForUsers(StageContext context, Action<int, int> body)
    {
        int blocks = (Users + UsersAtOnce - 1) / UsersAtOnce;
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, blocks, options, b => body(b * UsersAtOnce, Math.Min(Users, (b + 1) * UsersAtOnce)));
    }

    private static void SortUser(EventLog log, Span<int> events, Span<ulong> keys)
    {
        for (int k = 0; k < keys.Length; k++) keys[k] = ((ulong)(uint)log.Items[events[k]] << 32) | log.Seconds[events[k]];
        keys.Sort(events);
        for (int from = 0; from < keys.Length;)
        {
            int to = from + 1;
            while (to < keys.Length && keys[to] == keys[from]) to++;
            if (to - from > 1) events[from..to].Sort((a, b) => CompareTied(log, a, b));
            from = to;
        }
    }

    private static int CompareTied(EventLog log, int a, int b)
    {
        int by = log.Kinds[a].CompareTo(log.Kinds[b]);
        if (by == 0) by = log.Group(a).CompareTo(log.Group(b));
        if (by == 0) by = log.Amount(a).CompareTo(log.Amount(b));
        if (by == 0) by = log.Price(a).CompareTo(log.Price(b));
        return by != 0 ? by : a.CompareTo(b);
    }

    /// <summary>Whether two events, adjacent in the order, say the same.</summary>
    public static bool SayTheSame(EventLog log, int a, int b) =>
        log.Items[a] == log.Items[b] && log.Seconds[a] == log.Seconds[b] && log.Kinds[a] == log.Kinds[b]
        && log.Group(a) == log.Group(b) && log.Amount(a) == log.Amount(b) && log.Price(a).Equals(log.Price(b));
}
