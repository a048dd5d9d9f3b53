using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Jobs.Cli.Demo;

/// <param name="User">The user's index.</param>
/// <param name="Words">What makes this customer worth a look.</param>
/// <param name="Recent">Items of the history, the last bought first.</param>
internal sealed record SampleCustomer(int User, string Words, int[] Recent);

/// <summary>Chooses three customers whose lists are shown: with a short, a usual and a long history. The choice depends on nothing but the data.</summary>
internal static class SampleCustomers
{
    private static readonly (double Quantile, string Words)[] Wanted =
    [
        (0.15, "a few purchases"), (0.5, "a usual customer"), (0.95, "one of the best customers"),
    ];

    public static IReadOnlyList<SampleCustomer> Choose(InteractionMatrix interactions, Catalog catalog)
    {
        var rows = interactions.ByUser;
        int[] users = [.. Enumerable.Range(0, rows.Rows)
            .Where(u => rows.RowLength(u) > 0 && rows.RowIndices(u).IndexOf(-1) < 0 && HasTitles(rows.RowIndices(u), catalog))
            .OrderBy(rows.RowLength).ThenBy(u => u)];
        if (users.Length == 0) return [];
        return [.. Wanted
            .Select(w => (User: users[(int)(w.Quantile * (users.Length - 1))], w.Words))
            .DistinctBy(c => c.User)
            .Select(c => new SampleCustomer(c.User, $"{c.Words}: {rows.RowLength(c.User)} different items", Recent(interactions, c.User)))];
    }

    private static bool HasTitles(ReadOnlySpan<int> items, Catalog catalog)
    {
        foreach (int item in items) if (catalog.Titles[item] is null) return false;
        return true;
    }

    private static int[] Recent(InteractionMatrix interactions, int user)
    {
        int first = interactions.ByUser.Pointers[user];
        return [.. Enumerable.Range(first, interactions.ByUser.RowLength(user))
            .OrderByDescending(k => interactions.LastSeen?[k] ?? 0).ThenByDescending(k => interactions.ByUser.Values[k]).ThenBy(k => k)
            .Select(k => interactions.ByUser.Indices[k])];
    }
}
