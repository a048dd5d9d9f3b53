using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// Items that are held out, as if they were to come: the fifth that was first bought last, or a fifth by a seeded draw where the log has no times. Items of one
/// text are on one side.
/// </summary>
internal sealed class NewItems
{
    private const double Share = 0.2;

    private NewItems(bool[] old, bool[] held, bool byTime) => (Old, Held, ByTime) = (old, held, byTime);

    /// <summary>Items that are held out for a reason of the caller's.</summary>
    internal static NewItems With(bool[] old, bool[] held) => new(old, held, byTime: false);

    /// <summary>By item: those that are learned from, and that customers are known by.</summary>
    public bool[] Old { get; }

    /// <summary>By item: those that are to be found.</summary>
    public bool[] Held { get; }

    /// <summary>Whether they are the newest.</summary>
    public bool ByTime { get; }

    /// <param name="text">A number by item, equal where texts are; -1: without a vector.</param>
    public static NewItems Of(InteractionMatrix interactions, int[] text, ulong seed)
    {
        var first = new uint[interactions.Items];
        Array.Fill(first, uint.MaxValue);
        bool[] sold = new bool[interactions.Items];
        var rows = interactions.ByUser;
        for (int k = 0; k < rows.Count; k++)
        {
            int item = rows.Indices[k];
            sold[item] = true;
            if (interactions.LastSeen is { } seen) first[item] = Math.Min(first[item], seen[k]);
        }
        // A text is as old as the oldest item that has it.
        var ages = new SortedDictionary<int, uint>();
        for (int item = 0; item < text.Length; item++)
            if (sold[item] && text[item] >= 0) ages[text[item]] = Math.Min(first[item], ages.GetValueOrDefault(text[item], uint.MaxValue));
        bool byTime = ages.Values.Distinct().Take(2).Count() > 1;
        var random = new SplitMix64(seed, "new items");
        var order = ages.Select(a => (Text: a.Key, Age: byTime ? a.Value : 0, Draw: random.Next())).OrderByDescending(a => a.Age).ThenBy(a => a.Draw);
        var held = order.Take((int)(Share * ages.Count)).Select(a => a.Text).ToHashSet();
        return new NewItems(
            [.. text.Select((t, item) => sold[item] && t >= 0 && !held.Contains(t))], [.. text.Select((t, item) => sold[item] && held.Contains(t))], byTime);
    }
}
