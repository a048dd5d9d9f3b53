namespace Recsys.Batch.Pipeline.Feedback;

/// <summary>
/// Lists that customers saw, one entry a user and version: what was drawn, with which probability, and what came of it. The user's list is the unit that is
/// randomized and so the unit of analysis: every arm's lists are looked at from the top down by customers who do not know what they drew, so position weighs
/// alike on all arms and cancels between them. A user who saw lists of several versions is one cluster.
/// </summary>
internal sealed class LoggedImpressions
{
    public required int Contexts { get; init; }

    public required int Arms { get; init; }

    /// <summary>Cluster of each list, 0 to <see cref="Clusters"/> - 1.</summary>
    public required int[] Users { get; init; }

    public required int Clusters { get; init; }

    public required byte[] Context { get; init; }

    public required byte[] Arm { get; init; }

    /// <summary>Probability with which the policy of its time drew that arm, in (0, 1].</summary>
    public required double[] Propensity { get; init; }

    /// <summary>Whether the policy that drew it is the one that is in force now.</summary>
    public required bool[] InForce { get; init; }

    /// <summary>What the list brought: distinct items clicked, or whether any was.</summary>
    public required double[] Reward { get; init; }

    /// <summary>
    /// What each list counts for, in (0, 1]: a user who saw more lists than <see cref="FeedbackOptions.MaxListsPerUser"/> counts for so many.
    /// </summary>
    public required double[] Weight { get; init; }

    public int Count => Users.Length;

    /// <summary><see cref="Weight"/> for lists of these users.</summary>
    /// <param name="most">Lists that one user counts for.</param>
    public static double[] WeightsOf(int[] users, int clusters, int most)
    {
        var lists = new int[clusters];
        foreach (int user in users) lists[user]++;
        return Array.ConvertAll(users, user => Math.Min(1.0, most / (double)lists[user]));
    }
}
