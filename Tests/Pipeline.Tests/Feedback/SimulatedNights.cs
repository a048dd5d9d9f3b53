using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Synthetic;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

/// <summary>Nights of lists drawn by policies, seen and clicked by customers whose truth is known; no files.</summary>
internal static class SimulatedNights
{
    public const int Length = 10;

    public static readonly double[] Lambdas = [0.1, 0.2, 0.4];

    /// <summary>Two contexts: the second clicks thrice as much and likes diversity more.</summary>
    public static CustomerParameters Tastes(double sharpness) => new([0.1, 0.4], sharpness, [0.1, 0.3]);

    public static DiversityPolicy Policy(params double[][] probabilities) => new()
    {
        Origin = "initial",
        Steps = 0,
        Salt = "s",
        Arms = Lambdas,
        HistoryBounds = probabilities.Length == 1 ? [] : [5],
        Floor = DiversityPolicy.Whole / 20,
        Shares = [.. probabilities.Select(p => PolicyShares.Of(p))],
    };

    public static DiversityPolicy Even(int contexts = 2) => Policy([.. Enumerable.Repeat(new[] { 1.0, 1.0, 1.0 }, contexts)]);

    /// <param name="inForce">How many of the last policies count as the one in force.</param>
    public static LoggedImpressions Make(SyntheticCustomers customers, int users, ulong seed, IReadOnlyList<DiversityPolicy> nights, int inForce = 1)
    {
        var (user, context, arm, propensity, fresh, reward) = (
            new List<int>(), new List<byte>(), new List<byte>(), new List<double>(), new List<bool>(), new List<double>());
        var clusters = new Dictionary<int, int>();
        for (int night = 0; night < nights.Count; night++)
        {
            var random = new SplitMix64(seed, $"night {night}");
            for (int u = 0; u < users; u++)
            {
                double draw = random.NextDouble();
                if (!customers.Visits((ulong)u, (ulong)night)) continue;
                int x = Context(u);
                int a = 0;
                for (double p = nights[night].Probability(x, 0); draw >= p && a < 2; p += nights[night].Probability(x, a)) a++;
                clusters.TryAdd(u, clusters.Count);
                user.Add(clusters[u]);
                context.Add((byte)x);
                arm.Add((byte)a);
                propensity.Add(nights[night].Probability(x, a));
                fresh.Add(night >= nights.Count - inForce);
                reward.Add(customers.Clicks((ulong)u, (ulong)night, x, Lambdas[a], Length).Count(c => c));
            }
        }
        return new LoggedImpressions
        {
            Contexts = 2,
            Arms = 3,
            Users = [.. user],
            Clusters = clusters.Count,
            Context = [.. context],
            Arm = [.. arm],
            Propensity = [.. propensity],
            InForce = [.. fresh],
            Weight = LoggedImpressions.WeightsOf([.. user], clusters.Count, 7),
            Reward = [.. reward],
        };
    }

    public static int Context(int user) => user % 5 < 2 ? 1 : 0;

    /// <summary>What a policy is worth over all customers that there could be.</summary>
    public static double Truth(CustomerParameters parameters, double[][] probabilities)
    {
        var many = new SyntheticCustomers(parameters, seed: 987);
        double sum = 0;
        const int Users = 40_000;
        for (int u = 0; u < Users; u++)
            for (int a = 0; a < 3; a++)
                if (probabilities[Context(u)][a] > 0) sum += probabilities[Context(u)][a] * many.ExpectedClicks((ulong)u, Context(u), Lambdas[a], Length);
        return sum / Users;
    }

    public static TargetPolicy Always(int arm) => TargetPolicy.Always("", arm, 2, 3);
}
