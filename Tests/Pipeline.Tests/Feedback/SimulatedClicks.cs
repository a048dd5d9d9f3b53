using Recsys.Batch.Pipeline.Feedback;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Tests.Feedback;

/// <summary>
/// Lists of several versions, of items that users like to a known degree, ranked well but not perfectly, so that what stands first is also what is liked most;
/// and clicks by a known examination of places.
/// </summary>
/// <param name="Examination">By rank from 1.</param>
internal sealed record SimulatedClicks(int Users, int Versions, Func<int, double> Examination)
{
    public const int Length = 10;

    private const int Items = 60, Candidates = 16;

    /// <summary>What a version's ranking does not know of liking, as a logarithm's standard deviation.</summary>
    public double RankingNoise { get; init; } = 0.7;

    /// <summary>By arm: what its lists make of liking, and whether it turns the order around.</summary>
    public IReadOnlyList<(double Appeal, bool Turned)> Arms { get; init; } = [(1, false)];

    public double Level { get; init; } = 0.08;

    public static double PowerLaw(int rank) => Math.Pow(rank, -0.8);

    public (ShownItems Shown, double[] Truth) Make(ulong seed)
    {
        var random = new SplitMix64(seed, "simulated clicks");
        double[] liked = [.. Enumerable.Range(0, Items).Select(_ => 0.5 * random.NextNormal())];
        var (user, arm, shown, truth) = (new List<int>(), new List<byte>(), new List<ShownItem>(), new List<double>());
        for (int u = 0; u < Users; u++)
        {
            var logs = new Dictionary<int, double>();
            while (logs.Count < Candidates)
            {
                int item = random.NextInt(Items);
                logs.TryAdd(item, liked[item] + 0.4 * random.NextNormal());
            }
            double lively = 0.5 + random.NextDouble();
            for (int version = 0; version < Versions; version++)
            {
                int a = random.NextInt(Arms.Count);
                var scored = logs.Select(l => (Item: l.Key, Score: l.Value + RankingNoise * random.NextNormal())).OrderByDescending(l => l.Score).ToArray();
                var listed = scored[..Length];
                if (Arms[a].Turned) Array.Reverse(listed);
                for (int k = 0; k < Length; k++)
                {
                    double chance = Math.Min(1, Examination(k + 1) * Arms[a].Appeal * Level * lively * Math.Exp(logs[listed[k].Item]));
                    bool clicked = random.NextDouble() < chance;
                    shown.Add(new ShownItem(user.Count, listed[k].Item, k + 1, (float)listed[k].Score, 0.5f, clicked, clicked && random.NextDouble() < 0.2));
                    truth.Add(chance);
                }
                user.Add(u);
                arm.Add((byte)a);
            }
        }
        var lists = new LoggedImpressions
        {
            Contexts = 1,
            Arms = Arms.Count,
            Users = [.. user],
            Clusters = Users,
            Context = new byte[user.Count],
            Arm = [.. arm],
            Propensity = [.. user.Select(_ => 1.0 / Arms.Count)],
            InForce = [.. user.Select(_ => true)],
            Weight = LoggedImpressions.WeightsOf([.. user], Users, 7),
            Reward = new double[user.Count],
        };
        return (new ShownItems(lists, [.. shown]), [.. truth]);
    }
}
