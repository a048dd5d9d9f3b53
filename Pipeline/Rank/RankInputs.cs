using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Rank;

/// <summary>What features are made from, as it is known at one moment.</summary>
/// <param name="History">users x items up to that moment.</param>
/// <param name="Catalog">Of at least the history's items.</param>
/// <param name="Members">The models that the serving one is made of, by name; each scores users by <paramref name="History"/>.</param>
internal sealed record RankInputs(InteractionMatrix History, Catalog Catalog, IReadOnlyList<(string Name, IBlockScorer Scorer)> Members)
{
    /// <summary>Items by what is said of them; null without texts.</summary>
    public EmbeddingTable? Text { get; init; }

    /// <summary>Items by who has them; null where the model has no such space.</summary>
    public EmbeddingTable? ModelSpace { get; init; }

    /// <summary>What reviews said of items by then; null without a table of reviews, or without times.</summary>
    public ReviewedItems? Reviews { get; init; }

    /// <summary>Whether chances are multiplied by prices (<see cref="RankObjective.Revenue"/>); margins are the catalog's, where they count.</summary>
    public bool ForRevenue { get; init; }

    /// <summary>Counts and ages of items.</summary>
    public required ItemStatistics Items { get; init; }
}

/// <summary>One user and the candidates whose features are asked for.</summary>
internal sealed class RankedUser
{
    private const int Newest = 20;

    public RankedUser(RankInputs inputs, int user, int[] items, float[] scores)
    {
        (User, Items, Scores) = (user, items, scores);
        var row = user < inputs.History.Users ? inputs.History.ByUser.RowIndices(user) : [];
        History = row.ToArray();
        var seen = row.IsEmpty ? [] : inputs.History.UserLastSeen(user);
        int[] order = [.. Enumerable.Range(0, History.Length)];
        if (!seen.IsEmpty)
        {
            uint[] times = seen.ToArray();
            Array.Sort(order, (a, b) => times[a] != times[b] ? times[b].CompareTo(times[a]) : a.CompareTo(b));
        }
        NewestItems = [.. order.Take(Newest).Select(k => History[k])];
    }

    public int User { get; }

    /// <summary>Candidates, best first.</summary>
    public int[] Items { get; }

    /// <summary>Of the serving model, descending.</summary>
    public float[] Scores { get; }

    /// <summary>All items that the user has, ascending.</summary>
    public int[] History { get; }

    /// <summary>The newest of them, newest first; the first ones in a log without time.</summary>
    public int[] NewestItems { get; }
}
