using Recsys.Batch.Benchmarks.TextQuality;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Places.QueryResults;

namespace Recsys.Batch.Benchmarks.Places;

/// <param name="Text">As it was typed.</param>
/// <param name="Item">What the customer looked for, and bought some minutes later.</param>
internal sealed record MadeQuery(int User, uint Second, string Text, int Item);

/// <summary>
/// A log of searches made from real titles: behind one purchase in four stands a search of the same customer one to thirty minutes before it, of one, two or
/// three words of the title (2, 5 and 3 of ten), words without digits, in the title's order; one search in ten has a slip of the keyboard. What else was
/// bought in the order has nothing to do with it, as in a shop.
/// </summary>
internal static class MadeQueries
{
    public static List<MadeQuery> Of(PurchaseLog log, Catalog catalog, ulong seed = 1)
    {
        var random = new SplitMix64(seed, "queries");
        var words = new QueryWords();
        string[][] titles = [.. catalog.Titles.Select(t => words.Of(t).Where(w => w.Length > 1 && !w.Any(char.IsDigit)).ToArray())];
        var made = new List<MadeQuery>();
        for (int user = 0; user < log.Users; user++)
        {
            for (int at = log.Pointers[user]; at < log.Pointers[user + 1]; at++)
            {
                bool asks = random.NextInt(4) == 0;
                int size = random.NextInt(10) switch { < 2 => 1, < 7 => 2, _ => 3 };
                bool slips = random.NextInt(10) == 0;
                uint before = (uint)(60 + random.NextInt(29 * 60));
                int item = log.Items[at];
                if (!asks || titles[item].Length == 0) continue;
                var chosen = new SortedSet<int>();
                while (chosen.Count < Math.Min(size, titles[item].Length)) chosen.Add(random.NextInt(titles[item].Length));
                string text = string.Join(' ', chosen.Select(w => titles[item][w]));
                made.Add(new MadeQuery(user, log.Seconds[at] - Math.Min(before, log.Seconds[at]), slips ? Misspelling.Of(text, random.Next()) : text, item));
            }
        }
        return made;
    }
}
