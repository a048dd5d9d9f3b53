using System.Runtime.InteropServices;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest.Reading;

/// <summary>
/// All events ever accepted, as columns, in the order they were read. An event takes 18 bytes (user 4, item 4, seconds 4, row 4, kind 1, status 1), and
/// 4 more for each of quantity or rating, group and text that some source maps, and 8 for a price: at most 38.
/// </summary>
internal sealed class EventLog
{
    public int Count { get; private set; }

    public int[] Users { get; private set; } = [];

    public int[] Items { get; private set; } = [];

    /// <summary>Seconds since 1970-01-01; 0 in a log without time.</summary>
    public uint[] Seconds { get; private set; } = [];

    /// <summary>Row in the event's file; it says where a row stood when a later night quarantines it.</summary>
    public uint[] Rows { get; private set; } = [];

    public EventKind[] Kinds { get; private set; } = [];

    public RowStatus[] Statuses { get; private set; } = [];

    /// <summary>Pieces (positive, of returns too), or the value of a rating; null: 1 everywhere.</summary>
    public float[]? Amounts { get; private set; }

    /// <summary>Unit price, NaN where unknown.</summary>
    public double[]? Prices { get; private set; }

    /// <summary>32-bit hash of the invoice, basket or session; 0 where there is none.</summary>
    public uint[]? Groups { get; private set; }

    /// <summary>Index into the state's texts, -1 where there is none.</summary>
    public int[]? Texts { get; private set; }

    public bool HasTime { get; set; }

    public float Amount(int e) => Amounts is null ? 1f : Amounts[e];

    public uint Group(int e) => Groups is null ? 0 : Groups[e];

    public double Price(int e) => Prices is null ? double.NaN : Prices[e];

    public int Text(int e) => Texts is null ? -1 : Texts[e];

    /// <summary>Makes room for <paramref name="rows"/> more events, and for columns that no source had before.</summary>
    public void Reserve(long rows, bool amounts, bool prices, bool groups, bool texts)
    {
        if (Count + rows > Array.MaxLength / 2)
        {
            throw new RunFailedException(
                $"the state would hold {Count + rows:N0} events; it can hold {Array.MaxLength / 2:N0}: start a new state with younger logs");
        }
        int need = (int)(Count + rows);
        if (need > Users.Length)
        {
            Users = Grown(Users, need);
            Items = Grown(Items, need);
            Seconds = Grown(Seconds, need);
            Rows = Grown(Rows, need);
            Kinds = Grown(Kinds, need);
            Statuses = Grown(Statuses, need);
        }
        Amounts = Optional(Amounts, amounts, 1f);
        Prices = Optional(Prices, prices, double.NaN);
        Groups = Optional(Groups, groups, 0u);
        Texts = Optional(Texts, texts, -1);
    }

    /// <summary>Takes the rows of a batch whose status is <see cref="RowStatus.Kept"/>. Room must have been reserved.</summary>
    public void Append(EventBatch batch)
    {
        var statuses = batch.Statuses.AsSpan(0, batch.RowCount);
        for (int from = 0; from < statuses.Length;)
        {
            int count = statuses[from..].IndexOfAnyExcept(RowStatus.Kept);
            if (count < 0) count = statuses.Length - from;
            Append(batch, from, count);
            from += count;
            while (from < statuses.Length && statuses[from] != RowStatus.Kept) from++;
        }
    }

    private void Append(EventBatch batch, int from, int count)
    {
        int at = Count;
        batch.Users.AsSpan(from, count).CopyTo(Users.AsSpan(at));
        batch.Items.AsSpan(from, count).CopyTo(Items.AsSpan(at));
        batch.Seconds.AsSpan(from, count).CopyTo(Seconds.AsSpan(at));
        batch.Kinds.AsSpan(from, count).CopyTo(Kinds.AsSpan(at));
        if (Amounts is not null) batch.Amounts.AsSpan(from, count).CopyTo(Amounts.AsSpan(at));
        if (Prices is not null) batch.Prices.AsSpan(from, count).CopyTo(Prices.AsSpan(at));
        if (Groups is not null) batch.Groups.AsSpan(from, count).CopyTo(Groups.AsSpan(at));
        if (Texts is not null) batch.Texts.AsSpan(from, count).CopyTo(Texts.AsSpan(at));
        for (int k = 0; k < count; k++) Rows[at + k] = checked((uint)(batch.FirstRow + from + k));
        Count = at + count;
    }

    /// <summary>
    /// Takes out the events of some users and gives the others their new indices, in place. What is written
    /// afterwards ends with the last event that stays.
    /// </summary>
    /// <param name="gone">By user index.</param>
    /// <param name="users">Old to new index; likewise items and texts.</param>
    public EventLog Without(bool[] gone, int[] users, int[] items, int[] texts)
    {
        int at = 0;
        for (int e = 0; e < Count; e++)
        {
            if (gone[Users[e]]) continue;
            Users[at] = users[Users[e]];
            Items[at] = items[Items[e]];
            Seconds[at] = Seconds[e];
            Rows[at] = Rows[e];
            Kinds[at] = Kinds[e];
            Statuses[at] = Statuses[e];
            if (Amounts is not null) Amounts[at] = Amounts[e];
            if (Prices is not null) Prices[at] = Prices[e];
            if (Groups is not null) Groups[at] = Groups[e];
            if (Texts is not null) Texts[at] = Texts[e] < 0 ? -1 : texts[Texts[e]];
            at++;
        }
        Count = at;
        return this;
    }

    public void Write(ArtifactWriter to)
    {
        to.Write("events.flags", [HasTime ? 1 : 0, Amounts is null ? 0 : 1, Prices is null ? 0 : 1, Groups is null ? 0 : 1, Texts is null ? 0 : 1])
            .Write<int>("events.users", Users.AsSpan(0, Count))
            .Write<int>("events.items", Items.AsSpan(0, Count))
            .Write<uint>("events.seconds", Seconds.AsSpan(0, Count))
            .Write<uint>("events.rows", Rows.AsSpan(0, Count))
            .Write<byte>("events.kinds", MemoryMarshal.Cast<EventKind, byte>(Kinds.AsSpan(0, Count)))
            .Write<byte>("events.statuses", MemoryMarshal.Cast<RowStatus, byte>(Statuses.AsSpan(0, Count)));
        if (Amounts is not null) to.Write<float>("events.amounts", Amounts.AsSpan(0, Count));
        if (Prices is not null) to.Write<double>("events.unitPrices", Prices.AsSpan(0, Count));
        if (Groups is not null) to.Write<uint>("events.groups", Groups.AsSpan(0, Count));
        if (Texts is not null) to.Write<int>("events.texts", Texts.AsSpan(0, Count));
    }

    public static EventLog Read(ArtifactReader from)
    {
        var flags = from.Read<int>("events.flags");
        var users = from.Read<int>("events.users");
        return new EventLog
        {
            Count = users.Length,
            HasTime = flags[0] != 0,
            Users = users,
            Items = from.Read<int>("events.items"),
            Seconds = from.Read<uint>("events.seconds"),
            Rows = from.Read<uint>("events.rows"),
            Kinds = MemoryMarshal.Cast<byte, EventKind>(from.Read<byte>("events.kinds")).ToArray(),
            Statuses = MemoryMarshal.Cast<byte, RowStatus>(from.Read<byte>("events.statuses")).ToArray(),
            Amounts = flags[1] != 0 ? from.Read<float>("events.amounts") : null,
            // What an earlier version of the program kept has floats.
            Prices = flags[2] == 0 ? null
                : from.Has("events.unitPrices") ? from.Read<double>("events.unitPrices")
                : Array.ConvertAll(from.Read<float>("events.prices"), NumberColumn.Shortest),
            Groups = flags[3] != 0 ? from.Read<uint>("events.groups") : null,
            Texts = flags[4] != 0 ? from.Read<int>("events.texts") : null,
        };
    }

    private static T[] Grown<T>(T[] values, int length)
    {
        Array.Resize(ref values, length);
        return values;
    }

    private T[]? Optional<T>(T[]? values, bool wanted, T absent)
    {
        if (values is null && !wanted) return null;
        int filled = values?.Length ?? 0;
        if (filled >= Users.Length) return values;
        Array.Resize(ref values, Users.Length);
        values.AsSpan(Math.Min(filled, Count)).Fill(absent);
        return values;
    }
}
