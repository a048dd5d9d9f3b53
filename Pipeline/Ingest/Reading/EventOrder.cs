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

    private EventOrder(EventLog log, int[] pointers)
    {
        _log = log;
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

    /// <summary>
    /// First every event goes to the block of its user, then each block is sorted for itself: both write to few places at once, where a walk from user to user
    /// through the log would miss the cache at every event.
    /// </summary>
    public static EventOrder By(EventLog log, int users, StageContext context)
    {
        var pointers = new int[users + 1];
        var userOf = log.Users.AsSpan(0, log.Count);
        foreach (int u in userOf) pointers[u + 1]++;
        for (int u = 0; u < users; u++) pointers[u + 1] += pointers[u];
        var order = new EventOrder(log, pointers);
        var owners = order.IntoBlocks();
        order.ForUsers(context, (from, to) => order.SortBlock(from, to, owners));
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

    // Returns the user of each position; positions are in order within a block of users only.
    private int[] IntoBlocks()
    {
        var owners = new int[Count];
        var next = new int[(Users + UsersAtOnce - 1) / UsersAtOnce];
        for (int block = 0; block < next.Length; block++) next[block] = Pointers[block * UsersAtOnce];
        for (int e = 0; e < Count; e++)
        {
            int user = _log.Users[e];
            int at = next[user / UsersAtOnce]++;
            owners[at] = user;
            Events[at] = e;
            Items[at] = _log.Items[e];
            Seconds[at] = _log.Seconds[e];
            Kinds[at] = _log.Kinds[e];
            Amounts[at] = _log.Amount(e);
        }
        return owners;
    }

    private void SortBlock(int from, int to, int[] owners)
    {
        int start = Pointers[from], count = Pointers[to] - start;
        int[] events = Events.AsSpan(start, count).ToArray();
        EventKind[] kinds = Kinds.AsSpan(start, count).ToArray();
        float[] amounts = Amounts.AsSpan(start, count).ToArray();
        // By user, in the order of the log: what an event is sorted by, and where in the block it stands.
        var (keys, places) = (new ulong[count], new int[count]);
        int[] next = Pointers.AsSpan(from, to - from).ToArray();
        for (int k = 0; k < count; k++)
        {
            int at = next[owners[start + k] - from]++ - start;
            keys[at] = ((ulong)(uint)Items[start + k] << 32) | Seconds[start + k];
            places[at] = k;
        }
        for (int user = from; user < to; user++)
        {
            int first = Pointers[user] - start, length = Pointers[user + 1] - Pointers[user];
            SortUser(keys.AsSpan(first, length), places.AsSpan(first, length), events);
        }
        for (int k = 0; k < count; k++)
        {
            int place = places[k];
            Items[start + k] = (int)(keys[k] >> 32);
            Seconds[start + k] = (uint)keys[k];
            Events[start + k] = events[place];
            Kinds[start + k] = kinds[place];
            Amounts[start + k] = amounts[place];
        }
    }

    private void SortUser(Span<ulong> keys, Span<int> places, int[] events)
    {
        keys.Sort(places);
        for (int from = 0; from < keys.Length;)
        {
            int to = from + 1;
            while (to < keys.Length && keys[to] == keys[from]) to++;
            if (to - from > 1) places[from..to].Sort((a, b) => CompareTied(events[a], events[b]));
            from = to;
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
