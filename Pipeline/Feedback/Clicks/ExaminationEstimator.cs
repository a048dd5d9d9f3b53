using System.Globalization;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// How likely each place is looked at, from items that the same user was shown at different places (intervention harvesting, Agarwal et al. 2019):
/// another night or another arm moved them, and what the user thinks of the item stays as it was. With clicks of user u on item d at rank k in a
/// list of arm a expected to be
/// <code>
/// E[click] = examination(k) * appeal(context of u, a) * attraction(u, d)
/// </code>
/// the attraction of every pair drops out of the likelihood given the pair's clicks (fixed-effects Poisson, Hausman, Hall and Griliches 1984), which
/// is consistent for any clicks of that mean, binary ones too (Wooldridge 1999). ln examination is -decay * ln(rank) and a deviation of the group of
/// places, held to 0 by a normal prior; errors count users, not clicks (sandwich), and the prior's width is in the intervals.
/// </summary>
/// <remarks>
/// What it takes: whether an item moved must not depend on whether it was clicked before. Where a click takes an item off the next night's list the pair is not
/// seen twice, and says nothing.
/// </remarks>
/// <param name="minClicks">Fewer effective clicks on items that moved conclude nothing.</param>
internal sealed class ExaminationEstimator(ShownItems shown, double minClicks)
{
    /// <summary>Standard deviation of ln examination around the power of the rank, before clicks have spoken.</summary>
    private const double DeviationSpread = 0.5;

    /// <summary>The same of ln appeal of an arm beside the first.</summary>
    private const double AppealSpread = 1;

    private const int MaxIterations = 100;

    private readonly int _width = PlaceGroups.Count + shown.Lists.Contexts * (shown.Lists.Arms - 1);

    /// <param name="of">Users by whom it goes, by cluster; null: all.</param>
    public ExaminationFit Fit(Predicate<int>? of = null)
    {
        var (pairs, moved, clicks, effective) = Telling(of);
        if (effective < minClicks) return Refused(moved, clicks, effective);
        var prior = Prior();
        var at = new double[_width];
        var now = Likelihood(pairs, at, prior);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            if (DoubleCholesky.Factor(now.Information, _width) is not { } factor) return Refused(moved, clicks, effective);
            var step = (double[])now.Slope.Clone();
            factor.Solve(step);
            double most = step.Max(Math.Abs), scale = Math.Min(1, 2 / most);
            double[] Next() => [.. at.Select((v, k) => v + scale * step[k])];
            var next = Likelihood(pairs, Next(), prior);
            // Concave, so a step that is short enough climbs.
            while (next.Value < now.Value - 1e-10 * Math.Abs(now.Value) && scale > 1e-9)
            {
                scale /= 2;
                next = Likelihood(pairs, Next(), prior);
            }
            (at, now) = (Next(), next);
            if (most < 1e-9) break;
        }
        return Fitted(at, Covariance(now, prior), moved, clicks, effective);
    }

    /// <summary>Pairs whose clicks tell something: from and to in <see cref="ShownItems.ByPair"/>.</summary>
    private (List<(int From, int To)> Pairs, long Moved, long Clicks, double Effective) Telling(Predicate<int>? of)
    {
        var pairs = new List<(int, int)>();
        long moved = 0, all = 0;
        var byUser = new double[shown.Lists.Clusters];
        for (int p = 0; p + 1 < shown.PairStarts.Length; p++)
        {
            var (from, to) = (shown.PairStarts[p], shown.PairStarts[p + 1]);
            int first = shown.ByPair[from], user = shown.UserOf(first), clicks = 0;
            if (of is not null && !of(user)) continue;
            bool moves = false, differs = false;
            for (int i = from; i < to; i++)
            {
                int other = shown.ByPair[i];
                moves |= shown[other].Rank != shown[first].Rank;
                differs |= shown.CellOf(other) != shown.CellOf(first);
                if (shown[other].IsClicked) clicks++;
            }
            if (moves) moved++;
            if (clicks == 0 || !moves && !differs) continue;
            pairs.Add((from, to));
            if (!moves) continue;
            all += clicks;
            byUser[user] += clicks;
        }
        double squares = byUser.Sum(c => c * c);
        return (pairs, moved, all, squares > 0 ? (double)all * all / squares : 0);
    }

    private double[] Prior()
    {
        var prior = new double[_width];
        for (int k = 1; k < _width; k++) prior[k] = k < PlaceGroups.Count ? 1 / (DeviationSpread * DeviationSpread) : 1 / (AppealSpread * AppealSpread);
        return prior;
    }

    private sealed record LikelihoodAt(double Value, double[] Slope, double[] Information, double[] Scores, int Users);

    /// <summary>Given the clicks of each pair: value, slope and information with the prior, and the squares of users' slopes.</summary>
    private LikelihoodAt Likelihood(List<(int From, int To)> pairs, double[] at, double[] prior)
    {
        double value = 0;
        int users = 0, last = -1;
        var (slope, information, scores, own, mean, row) = (
            new double[_width], new double[_width * _width], new double[_width * _width], new double[_width], new double[_width], new double[_width]);
        foreach (var (from, to) in pairs)
        {
            int user = shown.UserOf(shown.ByPair[from]);
            if (user != last) Close(user);
            double total = 0;
            int clicks = 0;
            Array.Clear(mean);
            for (int i = from; i < to; i++) total += Math.Exp(Fill(shown.ByPair[i], at, row));
            for (int i = from; i < to; i++)
            {
                double log = Fill(shown.ByPair[i], at, row), share = Math.Exp(log) / total;
                for (int k = 0; k < _width; k++) mean[k] += share * row[k];
                if (!shown[shown.ByPair[i]].IsClicked) continue;
                clicks++;
                value += log - Math.Log(total);
                for (int k = 0; k < _width; k++) own[k] += row[k];
            }
            for (int k = 0; k < _width; k++) own[k] -= clicks * mean[k];
            for (int i = from; i < to; i++)
            {
                double share = clicks * Math.Exp(Fill(shown.ByPair[i], at, row)) / total;
                for (int k = 0; k < _width; k++) row[k] -= mean[k];
                Square(information, row, share);
            }
        }
        Close(-1);
        for (int k = 0; k < _width; k++)
        {
            value -= prior[k] * at[k] * at[k] / 2;
            slope[k] -= prior[k] * at[k];
            information[k * _width + k] += prior[k];
        }
        return new LikelihoodAt(value, slope, information, scores, users);

        void Close(int next)
        {
            if (last >= 0)
            {
                users++;
                for (int k = 0; k < _width; k++) slope[k] += own[k];
                Square(scores, own, 1);
                Array.Clear(own);
            }
            last = next;
        }
    }

    private void Square(double[] to, double[] row, double weight)
    {
        for (int k = 0; k < _width; k++)
        {
            if (row[k] == 0) continue;
            for (int l = 0; l < _width; l++) to[k * _width + l] += weight * row[k] * row[l];
        }
    }

    /// <summary>What an entry's expectation is made of: ln(rank), the group of places, context and arm.</summary>
    private double Fill(int entry, double[] at, double[] row)
    {
        Array.Clear(row);
        ref readonly var item = ref shown[entry];
        row[0] = Math.Log(item.Rank);
        if (PlaceGroups.Of(item.Rank) is > 0 and var group) row[group] = 1;
        var (context, arm, arms) = (shown.Lists.Context[item.List], shown.Lists.Arm[item.List], shown.Lists.Arms);
        if (arm > 0) row[PlaceGroups.Count + context * (arms - 1) + arm - 1] = 1;
        double sum = 0;
        for (int k = 0; k < _width; k++) sum += row[k] * at[k];
        return sum;
    }

    private double[] Covariance(LikelihoodAt found, double[] prior)
    {
        var factor = DoubleCholesky.Factor(found.Information, _width)!;
        double few = found.Users / Math.Max(1, found.Users - 1.0);
        var middle = new double[_width * _width];
        for (int k = 0; k < middle.Length; k++) middle[k] = few * found.Scores[k];
        for (int k = 0; k < _width; k++) middle[k * _width + k] += prior[k];
        // The inverse from the left, transposed, and from the left again: both are symmetric.
        for (int side = 0; side < 2; side++)
        {
            var turned = new double[middle.Length];
            for (int k = 0; k < _width; k++)
            {
                double[] column = [.. Enumerable.Range(0, _width).Select(l => middle[l * _width + k])];
                factor.Solve(column);
                column.CopyTo(turned, k * _width);
            }
            middle = turned;
        }
        return middle;
    }

    private ExaminationFit Fitted(double[] at, double[] covariance, long moved, long clicks, double effective)
    {
        EstimatedValue Place(int group)
        {
            var row = new double[_width];
            row[0] = Math.Log(PlaceGroups.Middle(group));
            if (group > 0) row[group] = 1;
            double log = 0, variance = 0;
            for (int k = 0; k < _width; k++)
            {
                log += row[k] * at[k];
                for (int l = 0; l < _width; l++) variance += row[k] * row[l] * covariance[k * _width + l];
            }
            double half = NormalDistribution.Z95 * Math.Sqrt(variance);
            return new EstimatedValue(Math.Exp(log), Math.Exp(log - half), Math.Exp(log + half));
        }
        double spread = NormalDistribution.Z95 * Math.Sqrt(covariance[0]);
        return new ExaminationFit(
            new ExaminationCurve(-at[0], [0, .. at[1..PlaceGroups.Count]]), new EstimatedValue(-at[0], -at[0] - spread, -at[0] + spread),
            [.. Enumerable.Range(0, PlaceGroups.Count).Select(Place)], moved, clicks, effective, null);
    }

    private ExaminationFit Refused(long moved, long clicks, double effective) => new(
        null, EstimatedValue.None, [], moved, clicks, effective,
        moved == 0
            ? "no item was shown to the same user at different places: let lists of another night or policy be seen too"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"too few: {Math.Floor(effective):0} effective clicks on items that the same user was shown at different places, expected {minClicks:0}"));
}
