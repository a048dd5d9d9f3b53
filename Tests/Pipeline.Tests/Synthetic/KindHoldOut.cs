using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Synthetic.Kinds;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Tests.Synthetic;

/// <summary>A made log cut by time: the last tenth of the events is the test.</summary>
internal sealed class KindHoldOut
{
    private readonly RaceMeasure _measure;

    public KindHoldOut(string kind, KindParameters parameters)
    {
        Events = KindLog.Events(SyntheticKinds.Find(kind)!, parameters, StageContext.Quiet());
        int cut = Events.Length / 10 * 9;
        var (train, times) = Rows(parameters, Events[..cut]);
        HoldOut = new HoldOut(new InteractionMatrix(train, times), Rows(parameters, Events[cut..]).Rows, (uint)(Events[cut].Time / 1_000_000));
        _measure = new RaceMeasure(HoldOut, new AutoOptions(), StageContext.Quiet());
    }

    public KindEvent[] Events { get; }

    public HoldOut HoldOut { get; }

    /// <summary>NDCG@10 of what is new to the user.</summary>
    public float[] Ndcg(ITrainer trainer) => _measure.Ndcg(
        [trainer.Train(HoldOut.Train, StageContext.Quiet()).ScorerFor(HoldOut.Train, StageContext.Quiet())], [new ScoreMix(1)])[0];

    /// <summary>The gain of one trainer over another, with its paired interval.</summary>
    public Interval Gain(ITrainer trainer, ITrainer over) => _measure.Difference(Ndcg(trainer), Ndcg(over));

    private static (SparseRows Rows, uint[] Times) Rows(KindParameters parameters, KindEvent[] events)
    {
        var pairs = events.GroupBy(e => (e.User, e.Item)).OrderBy(g => g.Key)
            .Select(g => (g.Key.User, g.Key.Item, Time: (uint)(g.Max(e => e.Time) / 1_000_000))).ToArray();
        int[] pointers = new int[parameters.Users + 1];
        foreach (var pair in pairs) pointers[pair.User + 1]++;
        for (int user = 0; user < parameters.Users; user++) pointers[user + 1] += pointers[user];
        var rows = new SparseRows(
            parameters.Users, parameters.Items, pointers, [.. pairs.Select(p => p.Item)], [.. Enumerable.Repeat(1f, pairs.Length)]);
        return (rows, [.. pairs.Select(p => p.Time)]);
    }
}
