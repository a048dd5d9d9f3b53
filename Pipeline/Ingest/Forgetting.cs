using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;

namespace Recsys.Batch.Pipeline.Ingest;

/// <summary>A state without some users.</summary>
/// <param name="GoneIds">Ids of those who went.</param>
/// <param name="Users">New to old user index, ascending: who stays.</param>
/// <param name="Items">New to old item index: what stays, in the order in which a log without those users would have named it.</param>
internal sealed record ForgottenState(IngestState State, int[] Users, int[] Items, IReadOnlyList<byte[]> GoneIds, int GoneEvents);

/// <summary>
/// Takes users out of a state as if the logs had never had them: their ids, their events, and what nobody else ever named. The indices of the others are
/// those that a log without them would have given, so that the next night is the night of that log; what speaks by index has to go or to be made again. Their
/// rows stay counted, as <see cref="RowStatus.Forgotten"/>.
/// </summary>
internal static class Forgetting
{
    /// <returns>Null where the state has none of them.</returns>
    public static ForgottenState? Without(IngestState state, Func<ReadOnlySpan<byte>, bool> isForgotten)
    {
        var gone = new bool[state.Users.Count];
        Parallel.For(0, gone.Length, u => gone[u] = isForgotten(state.Users[u]));
        byte[][] ids = [.. Enumerable.Range(0, gone.Length).Where(u => gone[u]).Select(u => state.Users[u].ToArray())];
        if (ids.Length == 0) return null;

        var log = state.Events;
        int[] stay = [.. Enumerable.Range(0, gone.Length).Where(u => !gone[u])];
        int[] items = Order(state.Items.Count, log, log.Items, gone);
        int[] texts = log.Texts is { } column ? Order(state.Texts.Count, log, column, gone) : [.. Enumerable.Range(0, state.Texts.Count)];
        var files = new List<KnownFile>(state.Files.Count);
        int left = 0;
        foreach (var file in state.Files)
        {
            int events = 0;
            foreach (int user in log.Users.AsSpan(file.FirstEvent, file.Events))
                if (!gone[user]) events++;
            long[] quarantined = [.. file.Quarantined, .. new long[Math.Max(0, RowStatuses.Count - file.Quarantined.Length)]];
            quarantined[(int)RowStatus.Forgotten] += file.Events - events;
            files.Add(file with { FirstEvent = left, Events = events, Quarantined = quarantined });
            left += events;
        }
        int before = log.Count;
        var without = new IngestState
        {
            Users = Picked(state.Users, stay),
            Items = Picked(state.Items, items),
            Texts = Picked(state.Texts, texts),
            Files = files,
            Events = log.Without(gone, Inverse(stay, gone.Length), Inverse(items, state.Items.Count), Inverse(texts, state.Texts.Count)),
            ReadOptions = state.ReadOptions,
            IncrementalRows = state.IncrementalRows,
        };
        return new ForgottenState(without, stay, items, ids, before - left);
    }

    /// <summary>
    /// The old indices that stay, in their new order. An id was added at the latest when the next one was, so the first event that names it tells whether an
    /// event or a table added it. What an event of somebody who goes has added comes where the first event of another names it, or goes.
    /// </summary>
    private static int[] Order(int count, EventLog log, int[] column, bool[] gone)
    {
        var first = new int[count];
        var firstLeft = new int[count];
        first.AsSpan().Fill(int.MaxValue);
        firstLeft.AsSpan().Fill(int.MaxValue);
        for (int e = log.Count - 1; e >= 0; e--)
        {
            if (column[e] is not (>= 0 and var index)) continue;
            first[index] = e;
            if (!gone[log.Users[e]]) firstLeft[index] = e;
        }
        var key = new int[count];
        var stays = new bool[count];
        int added = int.MaxValue;
        for (int i = count - 1; i >= 0; i--)
        {
            added = Math.Min(added, first[i]);
            bool byEvent = first[i] == added && first[i] != int.MaxValue;
            key[i] = byEvent ? firstLeft[i] : added;
            stays[i] = !byEvent || firstLeft[i] != int.MaxValue;
        }
        return [.. Enumerable.Range(0, count).Where(i => stays[i]).OrderBy(i => key[i])];
    }

    private static IdMap Picked(IdMap from, int[] indices)
    {
        var map = new IdMap(Math.Max(16, indices.Length));
        foreach (int index in indices) map.Add(from[index]);
        return map;
    }

    private static int[] Inverse(int[] stay, int count)
    {
        var inverse = new int[count];
        inverse.AsSpan().Fill(-1);
        for (int i = 0; i < stay.Length; i++) inverse[stay[i]] = i;
        return inverse;
    }
}
