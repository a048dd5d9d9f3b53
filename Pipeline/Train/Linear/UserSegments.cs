using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Linear;

/// <summary>Users by what one column says of them.</summary>
/// <param name="Names">In ordinal order.</param>
/// <param name="OfUser">Index into the names, by user; -1 where it is not known, or names a segment that is left out.</param>
internal sealed record UserSegments(string Column, IReadOnlyList<string> Names, int[] OfUser)
{
    /// <summary>Segments that have scores of their own at most: those with the most users.</summary>
    private const int Most = 200;

    /// <summary>Segments of a column that races, and columns, at most.</summary>
    private const int MostRaced = 50, MostColumns = 5;

    /// <summary>Null where nothing is known of any user with a pair.</summary>
    public static UserSegments? Of(InteractionMatrix interactions, string column)
    {
        if (interactions.UserAttributes?.Find(column) is not { } values) return null;
        string[] names = [.. Sizes(interactions, values)
            .OrderByDescending(s => s.Value).ThenBy(s => s.Key, StringComparer.Ordinal).Take(Most).Select(s => s.Key).Order(StringComparer.Ordinal)];
        return names.Length == 0 ? null : new UserSegments(column, names, Indices(names, values));
    }

    /// <summary>The first five columns, by name, that tell 2 to 50 segments of users with pairs apart.</summary>
    public static IEnumerable<string> Raced(InteractionMatrix interactions) => interactions.UserAttributes is not { } known ? []
        : known.Columns.Where(c => Sizes(interactions, known[c]).Count is >= 2 and <= MostRaced).Take(MostColumns);

    /// <summary>The segments of other users, by the values of the column.</summary>
    public static int[] Indices(IReadOnlyList<string> names, string?[] values)
    {
        var at = names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i, StringComparer.Ordinal);
        return Array.ConvertAll(values, v => v is not null && at.TryGetValue(v, out int segment) ? segment : -1);
    }

    private static Dictionary<string, int> Sizes(InteractionMatrix interactions, string?[] values)
    {
        var sizes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int user = 0; user < values.Length; user++)
        {
            if (values[user] is not { Length: > 0 } value || interactions.ByUser.RowLength(user) == 0) continue;
            sizes[value] = sizes.GetValueOrDefault(value) + 1;
        }
        return sizes;
    }
}
