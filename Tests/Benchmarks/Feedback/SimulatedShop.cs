using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Benchmarks.Feedback;

/// <summary>
/// A shop whose lists were drawn by two policies, the later one with three of four arms at the floor, and whose clicks have a known mean. A user keeps an arm
/// as long as the policy stays, as keyed draws do.
/// </summary>
/// <param name="Rate">Clicks that a list of an arm at the floor brings on average.</param>
/// <param name="HeavyTails">
/// True: lists a user are Pareto (1.3) up to 168, a week of hourly versions, and how lively users are is lognormal (sigma 1). False: 1 to 7 lists, and users of
/// half to one and a half times the mean.
/// </param>
internal sealed record SimulatedShop(double Rate, int Users, bool HeavyTails)
{
    public const int Arms = 4;

    private const double SecondContext = 0.4;

    /// <summary>By context and arm, times <see cref="Rate"/>: contexts that click more and like other arms.</summary>
    private static readonly double[][] Effects = [[0.8, 0.8, 0.8, 1.0], [1.3, 1.3, 1.3, 0.9]];

    private static readonly double[][] Policies = [[0.2, 0.2, 0.2, 0.4], [0.05, 0.05, 0.05, 0.85]];

    /// <summary>The policies that are asked for, by kind; those of one kind are exchangeable.</summary>
    public static IReadOnlyList<(string Kind, double[][] Probabilities)> Targets { get; } =
    [
        .. Enumerable.Range(0, Arms).Select(a => (
            a < 3 ? "an arm at the floor" : "the large arm", TargetPolicy.Always("", a, 2, Arms).Probabilities!)),
        .. Enumerable.Range(0, 3).Select(a => ("towards an arm at the floor", new[] { Towards(a, 0.15), Towards(a, 0.8) })),
    ];

    /// <summary>What a policy is worth: clicks and lists of a user are independent, and users are of mean 1.</summary>
    public double Truth(double[][] pi)
    {
        double truth = 0;
        for (int x = 0; x < 2; x++)
            for (int a = 0; a < Arms; a++) truth += (x == 0 ? 1 - SecondContext : SecondContext) * pi[x][a] * Effects[x][a];
        return truth * Rate;
    }

    public LoggedImpressions Log(ulong seed, int maxListsPerUser)
    {
        var random = new SplitMix64(seed, "simulated shop");
        var (user, context, arm, propensity, fresh, reward) = (
            new List<int>(Users * 3), new List<byte>(Users * 3), new List<byte>(Users * 3), new List<double>(Users * 3), new List<bool>(Users * 3),
            new List<double>(Users * 3));
        for (int u = 0; u < Users; u++)
        {
            int lists = Lists(ref random);
            int x = random.NextDouble() < SecondContext ? 1 : 0;
            double lively = HeavyTails ? Math.Exp(random.NextNormal() - 0.5) : 0.5 + random.NextDouble();
            int[] drawn = [Draw(ref random, Policies[0]), Draw(ref random, Policies[1])];
            for (int i = 0; i < lists; i++)
            {
                int policy = random.NextDouble() < 0.5 ? 0 : 1, a = drawn[policy];
                user.Add(u);
                context.Add((byte)x);
                arm.Add((byte)a);
                propensity.Add(Policies[policy][a]);
                fresh.Add(policy == 1);
                reward.Add(Clicks(ref random, Rate * lively * Effects[x][a]));
            }
        }
        int[] users = [.. user];
        return new LoggedImpressions
        {
            Contexts = 2,
            Arms = Arms,
            Users = users,
            Clusters = Users,
            Context = [.. context],
            Arm = [.. arm],
            Propensity = [.. propensity],
            InForce = [.. fresh],
            Weight = LoggedImpressions.WeightsOf(users, Users, maxListsPerUser),
            Reward = [.. reward],
        };
    }

    private int Lists(ref SplitMix64 random)
    {
        if (HeavyTails) return (int)Math.Min(168, Math.Pow(1 - random.NextDouble(), -1 / 1.3));
        int lists = 1;
        while (lists < 7 && random.NextDouble() < 0.5) lists++;
        return lists;
    }

    private static double[] Towards(int arm, double share) =>
        [.. Enumerable.Range(0, Arms).Select(a => a == arm ? share : a == 3 ? 0.9 - share : 0.05)];

    private static int Draw(ref SplitMix64 random, double[] policy)
    {
        int arm = 0;
        double draw = random.NextDouble();
        for (double before = policy[0]; draw >= before && arm < policy.Length - 1; before += policy[arm]) arm++;
        return arm;
    }

    /// <summary>Poisson, at most as many as a list has items.</summary>
    private static int Clicks(ref SplitMix64 random, double mean)
    {
        int clicks = 0;
        double probability = Math.Exp(-mean), below = probability, draw = random.NextDouble();
        while (draw >= below && clicks < 10) below += probability *= mean / ++clicks;
        return clicks;
    }
}
