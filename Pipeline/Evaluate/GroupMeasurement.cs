using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>
/// What lists give to groups of items, and to groups of users. Exposure has its interval from a delete-a-group jackknife over ten parts of the users, accuracy
/// from the spread between users.
/// </summary>
/// <param name="users">Who was measured, by row.</param>
/// <param name="list">The list of a row, cut.</param>
/// <param name="values">Accuracy by row; NaN: the user has none.</param>
internal sealed class GroupMeasurement(
    HoldOut holdOut, bool[]? available, int[] users, GroupMeasurement.ListOf list, IReadOnlyList<(string Name, float[] Of)> values)
{
    internal delegate ReadOnlySpan<int> ListOf(int row);

    private const double Z = 1.959964;

    /// <param name="items">Groupings of items beside popularity's.</param>
    /// <param name="of">Groupings of users beside activity's.</param>
    /// <param name="activity">Items in a history at which the next group begins.</param>
    public IReadOnlyList<GroupFigure> Run(IReadOnlyList<Grouping> items, IReadOnlyList<Grouping> of, IReadOnlyList<int> activity) =>
    [
        .. items.Prepend(Popularity()).SelectMany(Exposures),
        .. of.Prepend(Activity(activity)).SelectMany(Accuracies),
    ];

    private Grouping Popularity()
    {
        var bought = Bought();
        int[] order = [.. Enumerable.Range(0, bought.Length).OrderByDescending(i => bought[i]).ThenBy(i => i)];
        long all = bought.Sum(b => (long)b), sum = 0;
        var names = new string?[bought.Length];
        foreach (int item in order)
        {
            names[item] = bought[item] == 0 ? "never bought" : sum * 3 < all ? "best sellers" : sum * 3 < 2 * all ? "middle" : "long tail";
            sum += bought[item];
        }
        return new Grouping(GroupFigures.Popularity, names);
    }

    private Grouping Activity(IReadOnlyList<int> bounds)
    {
        var names = new string?[holdOut.Train.Users];
        for (int user = 0; user < names.Length; user++)
        {
            int length = holdOut.Train.ByUser.RowLength(user), band = bounds.Count(b => length >= b);
            int low = band == 0 ? 0 : bounds[band - 1];
            names[user] = band == bounds.Count
                ? string.Create(CultureInfo.InvariantCulture, $"{low} items and more")
                : string.Create(CultureInfo.InvariantCulture, $"{low} to {bounds[band] - 1} items");
        }
        return new Grouping(GroupFigures.Activity, names);
    }

    private int[] Bought()
    {
        var bought = new int[holdOut.Train.Items];
        foreach (int item in holdOut.Train.ByUser.Indices.AsSpan(0, holdOut.Train.Count)) bought[item]++;
        return bought;
    }

    private IEnumerable<GroupFigure> Exposures(Grouping by)
    {
        var (groups, groupOf) = Groups(by, Enumerable.Range(0, holdOut.Train.Items).Where(i => available is null || available[i]));
        if (groups.Length == 0) yield break;
        var parts = new double[Exposure.Groups, groups.Length];
        var whole = new double[Exposure.Groups];
        for (int row = 0; row < users.Length; row++)
        {
            int part = row % Exposure.Groups;
            var entries = list(row);
            for (int k = 0; k < entries.Length; k++)
            {
                double weight = 1 / Math.Log2(k + 2);
                whole[part] += weight;
                if (groupOf[entries[k]] >= 0) parts[part, groupOf[entries[k]]] += weight;
            }
        }
        var bought = Bought();
        long allBought = bought.Sum(b => (long)b);
        int allItems = Enumerable.Range(0, bought.Length).Count(i => available is null || available[i]);
        for (int g = 0; g < groups.Length; g++)
        {
            int group = g, count = Enumerable.Range(0, bought.Length).Count(i => groupOf[i] == group && (available is null || available[i]));
            long theirs = Enumerable.Range(0, bought.Length).Where(i => groupOf[i] == group).Sum(i => (long)bought[i]);
            var share = Jackknife([.. Enumerable.Range(0, Exposure.Groups).Select(p => parts[p, group])], whole);
            yield return new GroupFigure(
                GroupFigures.Exposure, by.By, groups[g], count, share.Value, share.Low, share.High, (double)count / allItems, (double)theirs / allBought);
        }
    }

    private IEnumerable<GroupFigure> Accuracies(Grouping by)
    {
        var (groups, groupOf) = Groups(by, users);
        foreach (var (name, of) in values)
        {
            for (int g = 0; g < groups.Length; g++)
            {
                double sum = 0, squares = 0;
                int count = 0;
                for (int row = 0; row < users.Length; row++)
                {
                    if (groupOf[users[row]] != g || float.IsNaN(of[row])) continue;
                    (sum, squares) = (sum + of[row], squares + (double)of[row] * of[row]);
                    count++;
                }
                // Of one there is no spread, and so no interval.
                if (count < 2) continue;
                double mean = sum / count, half = Z * Math.Sqrt(Math.Max(0, squares - sum * mean) / (count - 1) / count);
                yield return new GroupFigure(name, by.By, groups[g], count, mean, Math.Max(0, mean - half), Math.Min(1, mean + half));
            }
        }
    }

    /// <summary>The largest groups by name, the rest as one; and the group of each index, -1 where it has none.</summary>
    private static (string[] Groups, int[] GroupOf) Groups(Grouping by, IEnumerable<int> members)
    {
        string[] largest =
        [
            .. members.Where(m => m < by.Names.Count && !string.IsNullOrEmpty(by.Names[m])).CountBy(m => by.Names[m]!, StringComparer.Ordinal)
                .OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => c.Key),
        ];
        bool hasOthers = largest.Length > GroupFigures.Most;
        string[] groups = hasOthers ? [.. largest.Take(GroupFigures.Most - 1), GroupFigures.Others] : largest;
        var numbers = groups.Index().ToDictionary(g => g.Item, g => g.Index, StringComparer.Ordinal);
        return (groups, [.. by.Names.Select(n => string.IsNullOrEmpty(n) ? -1 : numbers.TryGetValue(n, out int g) ? g : hasOthers ? groups.Length - 1 : -1)]);
    }

    private static Interval Jackknife(double[] parts, double[] whole)
    {
        double part = parts.Sum(), all = whole.Sum();
        if (all == 0) return new Interval(0, 0, 0);
        double[] without = [.. Enumerable.Range(0, parts.Length).Where(p => all > whole[p]).Select(p => (part - parts[p]) / (all - whole[p]))];
        if (without.Length < 2) return new Interval(part / all, 0, 1);
        double mean = without.Average();
        double half = Z * Math.Sqrt(without.Sum(w => (w - mean) * (w - mean)) * (without.Length - 1) / without.Length);
        return new Interval(part / all, Math.Max(0, part / all - half), Math.Min(1, part / all + half));
    }
}
