using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Auto;

/// <summary>
/// NDCG over several windows, one behind the other. Figures are pooled over pairs of user and window; intervals are clustered by user: a user of several
/// windows is drawn as a whole.
/// </summary>
internal sealed class FoldedMeasure : IRaceMeasure
{
    private const int Replicates = 400;

    private readonly RaceMeasure[] _windows;
    private readonly int[] _rowOfPair;
    private readonly StageContext _context;

    public FoldedMeasure(IReadOnlyList<HoldOut> windows, AutoOptions options, StageContext context)
    {
        _windows = [.. windows.Select(w => new RaceMeasure(w, options, context))];
        _context = context;
        int[] users = [.. _windows.SelectMany(w => w.Measured)];
        int[] distinct = [.. users.Distinct().Order()];
        (_rowOfPair, Users) = (Array.ConvertAll(users, u => Array.BinarySearch(distinct, u)), distinct.Length);
    }

    public int Users { get; }

    public float[][] Ndcg(IReadOnlyList<IBlockScorer> scorers, IReadOnlyList<ScoreMix> mixes)
    {
        float[][][] byWindow = [.. _windows.Select((window, cut) => window.Ndcg(
            [.. scorers.Select(s => ((FoldedScorer)s).Scorers[cut])], [.. mixes.Select(m => m.At(cut, scorers[0].Items))]))];
        return [.. mixes.Select((_, mix) => byWindow.SelectMany(w => w[mix]).ToArray())];
    }

    public Interval Mean(float[] ndcg)
    {
        // Sum and number of a user's windows: their ratio over users is the mean over pairs.
        var sums = new float[2 * Users];
        for (int pair = 0; pair < ndcg.Length; pair++)
        {
            sums[2 * _rowOfPair[pair]] += ndcg[pair];
            sums[2 * _rowOfPair[pair] + 1]++;
        }
        return PoissonBootstrap.Of(sums, 2, Replicates, _context.Seed, _context.Threads).Ratio(0, 1);
    }

    public Interval Difference(float[] ndcg, float[] other) => Mean([.. ndcg.Zip(other, (a, b) => a - b)]);
}
