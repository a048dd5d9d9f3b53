using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>What the cost of a training depends on.</summary>
/// <param name="Users">Users with pairs.</param>
/// <param name="Items">Items with pairs.</param>
/// <param name="SquaredPairs">Sum over users of the square of their pairs: what co-occurrences cost.</param>
/// <param name="HasTimes">Whether pairs are in an order.</param>
internal sealed record TrainingSize(int Users, int Items, long Pairs, long SquaredPairs, bool HasTimes)
{
    public static TrainingSize Of(InteractionMatrix interactions)
    {
        var rows = interactions.ByUser;
        long squares = 0;
        int users = 0;
        for (int user = 0; user < rows.Rows; user++)
        {
            long length = rows.RowLength(user);
            if (length > 0) users++;
            squares += length * length;
        }
        var has = new bool[rows.Columns];
        foreach (int item in rows.Indices.AsSpan(0, rows.Count)) has[item] = true;
        return new TrainingSize(users, has.Count(h => h), rows.Count, squares, interactions.LastSeen is not null);
    }
}

/// <summary>How a trainer takes part in a race (<see cref="AutoOptions"/>).</summary>
/// <param name="Seconds">
/// Seconds of a training, and of scoring the window's users, on two cores: a formula, so that it is the same on every machine. Infinity where the trainer
/// cannot train on such a log.
/// </param>
internal sealed record RaceEntry(Func<TrainingSize, double> Seconds)
{
    /// <summary>Whether it races only where ratings are kept as values (<c>Ingest:Ratings</c>).</summary>
    public bool NeedsRatings { get; init; }

    /// <summary>Values worth trying by key below the trainer's section, from one end to the other; the race walks from the configured one.</summary>
    public IReadOnlyDictionary<string, string[]> Steps { get; init; } = System.Collections.Immutable.ImmutableDictionary<string, string[]>.Empty;

    /// <summary>
    /// Those of <see cref="Steps"/> that only say how much a model can hold. A window that is drawn at random, for want of times, can choose them; what else it
    /// prefers, near neighbors above all, often loses in the days to come.
    /// </summary>
    public IReadOnlyList<string> Capacity { get; init; } = [];

    /// <summary>Settings to begin with beside the configured ones, for a trainer whose best options lie far apart.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, string>> Starts { get; init; } = [];
}
