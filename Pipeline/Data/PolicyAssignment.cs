namespace Recsys.Batch.Pipeline.Data;

/// <summary>What a user drew.</summary>
/// <param name="Propensity">The exact probability of that draw: what travels with every entry of the user's list.</param>
internal readonly record struct PolicyDraw(int Context, int Arm, float Propensity);

/// <summary>
/// A policy and what it needs to know of a version's users: who draws which arm can be asked of any of them, at any time, in any order. Safe to call from many
/// threads. A version whose lists are partly an earlier one's has that one's policy.
/// </summary>
/// <param name="users">External ids by user index.</param>
/// <param name="historyLength">Items in the history of a user index.</param>
internal sealed class PolicyAssignment(DiversityPolicy policy, IdMap users, Func<int, int> historyLength)
{
    public DiversityPolicy Policy { get; } = policy;

    public PolicyDraw Of(int user)
    {
        int context = Policy.ContextOf(historyLength(user));
        int arm = Policy.ArmOf(users[user], context);
        return new PolicyDraw(context, arm, (float)Policy.Probability(context, arm));
    }
}
