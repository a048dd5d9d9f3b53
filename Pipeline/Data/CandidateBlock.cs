namespace Recsys.Batch.Pipeline.Data;

/// <summary>Where a candidate or a list entry came from.</summary>
internal enum CandidateSource : byte
{
    Cf = 0,
    Text = 1,
    Popular = 2,
    Promoted = 3,
    Explore = 4,

    /// <summary>The user is of the control group, whose lists are not personal.</summary>
    Control = 5,
}

/// <summary>
/// The best candidates of up to <see cref="MaxUsers"/> users: user u has <c>Counts[u]</c> of them in
/// <c>[u * Depth, u * Depth + Counts[u])</c>, by descending score, ties by ascending item index.
/// </summary>
internal sealed class CandidateBlock(int[] users, int depth)
{
    public const int MaxUsers = 1024;

    public int[] Users { get; } = users;

    /// <summary>Room for candidates a user (M).</summary>
    public int Depth { get; } = depth;

    public int[] Counts { get; } = new int[users.Length];

    public int[] Items { get; } = new int[users.Length * depth];

    public float[] Scores { get; } = new float[users.Length * depth];

    public CandidateSource[] Sources { get; } = new CandidateSource[users.Length * depth];

    /// <summary>
    /// How many of a user's candidates set the scale of relevance: behind them stand those that rules asked for. Null: all.
    /// </summary>
    public int[]? Own { get; init; }

    /// <summary>
    /// Scores whose relevance is 1 and 0, by user, where these candidates are some of more; null: the first and the last of them.
    /// </summary>
    public (float High, float Low)[]? Scales { get; init; }

    /// <summary>Whether no deeper retrieval follows.</summary>
    public bool IsLast { get; init; } = true;

    /// <summary>Candidates a user that were asked for, those of rules aside.</summary>
    public int Asked { get; init; } = depth;

    /// <summary>By user what the candidates were ranked by; null where no ranker was asked, or nobody asks what it went by.</summary>
    public RankedRows?[]? Ranked { get; init; }

    /// <summary>Whether no more candidates can be had for a user.</summary>
    public bool HasAll(int u) => IsLast || (Own?[u] ?? Counts[u]) < Asked;

    public ReadOnlySpan<int> ItemsOf(int u) => Items.AsSpan(u * Depth, Counts[u]);

    public ReadOnlySpan<float> ScoresOf(int u) => Scores.AsSpan(u * Depth, Counts[u]);
}
