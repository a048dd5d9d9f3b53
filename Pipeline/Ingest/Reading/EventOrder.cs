using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// Events by user, item and time: positions <c>[Pointers[u], Pointers[u + 1])</c> are the events of user u. What every pass reads is copied into
/// this order (18 bytes an event), so that passes run through memory instead of jumping in it. Ties are ordered by what the events say (kind, group,
/// amount, price), never by the night that brought them, so equal events give equal results whatever night they came in.
/// </summary>
internal sealed class EventOrder
{
    /// <summary>Users that one worker takes at a time.</summary>
    public const int UsersAtOnce = 2048;

    private readonly EventLog _log;
    private readonly Comparison<int> _compareTied;

    private EventOrder(EventLog log, int[] pointers)
    {
        _log = log;
        _compareTied = CompareTied;
        Pointers = pointers;
        Events = new int[log.Count];
        Items = new int[log.Count];
        Seconds = new uint[log.Count];
        Kinds = new EventKind[log.Count];
        Amounts = new float[log.Count];
        Statuses = new RowStatus[log.Count];
    }

    public int[] Pointers { get; }

    public int Users => Pointers.Length - 1;

    public int Count => Events.Length;

    /// <summary>Where in the log the event of a position stands.</summary>
    public int[] Events { get; }

    public int[] Items { get; }

    public uint[] Seconds { get; }

    public EventKind[] Kinds { get; }

    public float[] Amounts { get; }

    /// <summary>Statuses by position: judged here, then written back to the log.</summary>
    public RowStatus[] Statuses { get; }

    public bool HasTime => _log.HasTime;

    public bool HasGroups => _log.Groups is not null;

    public bool HasPrices => _log.Prices is not null;

    public bool HasAmounts => _log.Amounts is not null;

    public static EventOrder By(EventLog log, int users, StageContext context)
    {
        var pointers = new int[users + 1];
        var userOf = log.Users.AsSpan(0, log.Count);
        foreach (int u in userOf) pointers[u + 1]++;
        for (int u = 0; u < users; u++) pointers[u + 1] += pointers[u];
        var order = new EventOrder(log, pointers);
        var next = pointers.AsSpan(0, users).ToArray();
        for (int e = 0; e < userOf.Length; e++) order.Events[next[userOf[e]]++] = e;
        order.ForUsers(context, (from, to) =>
        {
            var keys = Array.Empty<ulong>();
            for (int u = from; u < to; u++)
            {
                int length = pointers[u + 1] - pointers[u];
                if (keys.Length < length) keys = new ulong[length * 2];
                order.SortUser(pointers[u], keys.AsSpan(0, length));
            }
        });
        return order;
    }

    /// <summary>Runs <paramref name="body"/> over fixed ranges of users on the context's threads: what a range gives cannot depend on their number.</summary>
    public void ForUsers(StageContext context, Action<int, int> body)
    {
        int blocks = (Users + UsersAtOnce - 1) / UsersAtOnce;
        var options = new ParallelOptions { MaxDegreeOfParallelism = context.Threads, CancellationToken = context.Cancellation };
        Parallel.For(0, blocks, options, b => body(b * UsersAtOnce, Math.Min(Users, (b + 1) * UsersAtOnce)));
    }

    public uint Group(int position) => _log.Group(Events[position]);

    public double Price(int position) => _log.Price(Events[position]);

    /// <summary>Whether two neighbors say the same.</summary>
    public bool SayTheSame(int a, int b) =>
        Items[a] == Items[b] && Seconds[a] == Seconds[b] && Kinds[a] == Kinds[b] && Amounts[a] == Amounts[b]
        && Group(a) == Group(b) && _log.Price(Events[a]).Equals(_log.Price(Events[b]));

    public void WriteFatesBack()
    {
        for (int p = 0; p < Count; p++) _log.Statuses[Events[p]] = Statuses[p];
    }

    private void SortUser(int start, Span<ulong> keys)
    {
        var events = Events.AsSpan(start, keys.Length);
        for (int k = 0; k < keys.Length; k++) keys[k] = ((ulong)(uint)_log.Items[events[k]] << 32) | _log.Seconds[events[k]];
        keys.Sort(events);
        for (int from = 0; from < keys.Length;)
        {
            int to = from + 1;
            while (to < keys.Length && keys[to] == keys[from]) to++;
            if (to - from > 1) events[from..to].Sort(_compareTied);
            from = to;
        }
        for (int k = 0; k < keys.Length; k++)
        {
            Items[start + k] = (int)(keys[k] >> 32);
            Seconds[start + k] = (uint)keys[k];
            Kinds[start + k] = _log.Kinds[events[k]];
            Amounts[start + k] = _log.Amount(events[k]);
        }
    }

    private int CompareTied(int a, int b)
    {
        int by = _log.Kinds[a].CompareTo(_log.Kinds[b]);
        if (by == 0) by = _log.Group(a).CompareTo(_log.Group(b));
        if (by == 0) by = _log.Amount(a).CompareTo(_log.Amount(b));
        if (by == 0) by = _log.Price(a).CompareTo(_log.Price(b));
        return by != 0 ? by : a.CompareTo(b);
    }
}
