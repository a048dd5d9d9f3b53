using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// Chances of clicks of each half of the users by what the other half taught (cross-fitting): examination, order and chances know none of the users whose
/// clicks they are held against.
/// </summary>
internal sealed class ClickChances(ShownItems shown, double minClicks, ulong seed, CancellationToken cancellation)
{
    private const int Bins = 10;

    private readonly double[] _place = new double[shown.Count];

    /// <summary>Chance of a click on every entry, by a model that does not know its user.</summary>
    public double[] Held { get; } = new double[shown.Count];

    /// <summary>Why there are no chances; null where there are.</summary>
    public string? Refusal { get; private set; }

    /// <returns>Null where too little is known (<see cref="Refusal"/>).</returns>
    public ClickChanceReport? Run()
    {
        var users = new UserParts(shown.Lists.Clusters, seed);
        var models = new List<ClickModel>();
        for (int half = 0; half < UserParts.Halves; half++)
        {
            cancellation.ThrowIfCancellationRequested();
            int taught = 1 - half;
            var examination = new ExaminationEstimator(shown, minClicks).Fit(user => users.HalfOf(user) == taught);
            if (examination.Curve is not { } curve)
            {
                Refusal = $"chances are learned from half of the users, and there {examination.Refusal}";
                return null;
            }
            models.Add(ClickModel.Learn(shown, users, taught, curve, (int)(seed & int.MaxValue)));
            double level = Level(user => users.HalfOf(user) == taught, curve);
            for (int at = 0; at < shown.Count; at++)
            {
                if (users.HalfOf(shown.UserOf(at)) != half) continue;
                Held[at] = models[^1].ChanceOf(shown, at);
                _place[at] = Math.Clamp(level * curve.At(shown[at].Rank), 1e-9, 1 - 1e-9);
            }
        }
        var bins = Reliability();
        return new ClickChanceReport(
            ClickModel.MaxWeight, Clipped(users, models), Auc(Held), Auc(_place),
            ClickMeasures.LogLoss(Held, Clicked), ClickMeasures.LogLoss(_place, Clicked),
            bins.Sum(b => b.Impressions * Math.Abs(b.Expected - b.Observed.Value)) / shown.Count, bins, ClickMeasures.Halves(shown, users, Held),
            [.. models[0].Effects.Zip(models[1].Effects, (a, b) => new ClickFeatureEffect(a.Name, (a.Effect + (double)b.Effect) / 2))
                .OrderByDescending(e => Math.Abs(e.Effect))]);
    }

    private bool Clicked(int at) => shown[at].IsClicked;

    private double Auc(double[] chances) => AreaUnderCurve.Of<double>(chances, Clicked) ?? double.NaN;

    /// <summary>Clicks of those users by what they looked at.</summary>
    private double Level(Predicate<int> of, ExaminationCurve curve)
    {
        double clicks = 0, looks = 0;
        for (int at = 0; at < shown.Count; at++)
        {
            if (!of(shown.UserOf(at))) continue;
            looks += curve.At(shown[at].Rank);
            if (shown[at].IsClicked) clicks++;
        }
        return clicks / looks;
    }

    private double Clipped(UserParts users, List<ClickModel> models)
    {
        long clicks = 0, clipped = 0;
        for (int at = 0; at < shown.Count; at++)
        {
            if (!shown[at].IsClicked) continue;
            clicks++;
            // A half is learned from by the model that is tried on the other one.
            if (1 / models[1 - users.HalfOf(shown.UserOf(at))].Curve.At(shown[at].Rank) > ClickModel.MaxWeight) clipped++;
        }
        return clicks == 0 ? 0 : clipped / (double)clicks;
    }

    /// <summary>As many impressions in each bin, from the smallest chance to the largest.</summary>
    private List<ReliabilityBin> Reliability()
    {
        int[] order = [.. Enumerable.Range(0, shown.Count).OrderBy(at => Held[at]).ThenBy(at => at)];
        var bin = new byte[shown.Count];
        for (int k = 0; k < order.Length; k++) bin[order[k]] = (byte)((long)k * Bins / order.Length);
        var found = new List<ReliabilityBin>();
        for (int b = 0; b < Bins; b++)
        {
            long count = 0;
            double expected = 0;
            for (int at = 0; at < shown.Count; at++)
            {
                if (bin[at] != b) continue;
                count++;
                expected += Held[at];
            }
            if (count > 0) found.Add(new ReliabilityBin(count, expected / count, ClickRates.Of(shown, at => bin[at] == b, Clicked)));
        }
        return found;
    }
}
