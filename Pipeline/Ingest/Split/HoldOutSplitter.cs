using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Ingest.Rules;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Ingest.Split;

/// <summary>
/// Cuts the log for evaluation: train is what was known before the cut, decayed from it; test is what was bought in the window, net of returns
/// in it. The validation window is cut the same way from what lies before the test window.
/// </summary>
internal sealed class HoldOutSplitter(EventOrder order, IngestOptions options, int items, StageContext context)
{
    private readonly HoldOutOptions _how = options.HoldOut;
    private readonly PairAggregator _aggregator = new(order, options, items, context);

    /// <param name="all">The interactions of the whole log.</param>
    public (HoldOut Test, HoldOutReport TestReport, HoldOut Validation, HoldOutReport ValidationReport) Split(InteractionMatrix all)
    {
        if (!order.HasTime) return SplitAtRandom(all);
        var weights = options.Weights();
        var testWeights = TestWeights(weights);
        var times = new EventTimes(order, testWeights);
        if (times.Total == 0) throw new RunFailedException("the log has no event that a hold-out could ask for; name its kinds in Ingest:HoldOut:TestKinds");
        uint cut = Cut(times, _how.Cut, _how.Days, _how.Share, "Cut");
        var before = times.Before(cut);
        uint validationCut = before.Total == 0 ? 0 : Cut(before, _how.ValidationCut, _how.ValidationDays, _how.ValidationShare, "ValidationCut");
        var test = Window(cut, ulong.MaxValue, weights, testWeights);
        var validation = Window(validationCut, cut, weights, testWeights);
        return (test, Report(test, "time", null), validation, Report(validation, "time", IsoTime.Format(cut)));
    }

    /// <summary>Windows of the length of the validation window, one behind the other before it, the newest first.</summary>
    /// <exception cref="ConfigurationException">The log has no times, or does not reach back so far.</exception>
    public IReadOnlyList<HoldOut> Earlier(uint testCut, uint validationCut, int count)
    {
        if (count == 0) return [];
        if (!order.HasTime)
            throw new ConfigurationException($"Train:Auto:Cuts is {count + 1}; expected 1, for the log has no times and so no windows one behind the other");
        var weights = options.Weights();
        var testWeights = TestWeights(weights);
        uint length = testCut - validationCut, first = new EventTimes(order, testWeights).First;
        long oldest = validationCut - (long)count * length;
        if (oldest <= first)
        {
            throw new ConfigurationException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Train:Auto:Cuts is {count + 1}; the log begins {IsoTime.Format(first)}, and so many windows of {length / 86_400.0:F1} days before "
                + $"{IsoTime.Format(testCut)} leave nothing to learn from: give it fewer, or a shorter Ingest:HoldOut:ValidationDays"));
        }
        return [.. Enumerable.Range(1, count).Select(n =>
            Window(validationCut - (uint)n * length, validationCut - (uint)(n - 1) * length, weights, testWeights))];
    }

    private HoldOut Window(uint cut, ulong end, float[] weights, float[] testWeights)
    {
        var train = _aggregator.Aggregate(new(0, cut, cut, options.HalfLifeDays, weights));
        var test = _aggregator.Aggregate(new(cut, end, cut, 0, testWeights, ByFirst: true));
        return new HoldOut(train, test.ByUser, cut) { TestSeen = test.LastSeen, TestRatings = test.Ratings?.Rows };
    }

    private (HoldOut, HoldOutReport, HoldOut, HoldOutReport) SplitAtRandom(InteractionMatrix all)
    {
        var test = RandomHoldOut.Split(all, _how.Share, context.Seed);
        var validation = RandomHoldOut.Split(test.Train, _how.ValidationShare, context.Seed + 1);
        return (test, Report(test, "random per user", null), validation, Report(validation, "random per user", null));
    }

    /// <summary>Weights of the kinds that are a success in a window, 0 for the others.</summary>
    private float[] TestWeights(float[] weights)
    {
        var wanted = new bool[EventKinds.Count];
        foreach (string name in _how.TestKinds)
            if (EventKinds.TryParse(name, out var kind)) wanted[(int)kind] = true;
        if (_how.TestKinds.Count == 0)
        {
            wanted[(int)EventKind.Purchase] = wanted[(int)EventKind.Rating] = true;
            bool occurs = false;
            foreach (var kind in order.Kinds) occurs |= wanted[(int)kind];
            if (!occurs) Array.Fill(wanted, true);
        }
        var test = new float[weights.Length];
        for (int k = 0; k < test.Length; k++)
            if (wanted[k]) test[k] = _how.TestKinds.Count > 0 && weights[k] == 0 ? 1 : weights[k];
        test[(int)EventKind.Return] = 0;
        return test;
    }

    private static uint Cut(EventTimes times, string? cut, double days, double share, string key)
    {
        uint first = times.First;
        uint last = times.Last;
        if (IngestOptions.Seconds(cut) is { } given)
        {
            if (given > first && given <= last) return given;
            throw new ConfigurationException(
                $"Ingest:HoldOut:{key} is {cut}; expected a moment within the data, which here runs from {IsoTime.Format(first)} to {IsoTime.Format(last)}");
        }
        if (days > 0)
        {
            double from = last - days * 86_400;
            if (from > first) return (uint)from + 1;
            throw new ConfigurationException(string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"Ingest:HoldOut:{(key == "Cut" ? "Days" : "ValidationDays")} is {days}; the data it is taken from spans {(last - first) / 86_400.0:F1} days, "
                + $"from {IsoTime.Format(first)}: give it fewer"));
        }
        uint at = times.Quantile(1 - share);
        // A log of weeks is cut at midnight, so that people can name the cut; the share then is met to a day.
        uint midnight = at / 86_400 * 86_400;
        return last - first > 30 * 86_400 && midnight > first ? midnight : Math.Max(at, first);
    }

    private static HoldOutReport Report(HoldOut split, string method, string? end)
    {
        long users = 0, fresh = 0, cold = 0;
        var shares = new List<double>();
        var known = new bool[split.Train.Items];
        foreach (int item in split.Train.ByUser.Indices.AsSpan(0, split.Train.Count)) known[item] = true;
        for (int u = 0; u < split.Test.Rows; u++)
        {
            var test = split.Test.RowIndices(u);
            var train = split.Train.ByUser.RowIndices(u);
            if (test.Length > 0) users++;
            int freshOfUser = 0, coldOfUser = 0;
            foreach (int item in test)
            {
                if (train.BinarySearch(item) < 0) freshOfUser++;
                if (!known[item]) coldOfUser++;
            }
            if (freshOfUser > 0) shares.Add((double)coldOfUser / freshOfUser);
            (fresh, cold) = (fresh + freshOfUser, cold + coldOfUser);
        }
        return new HoldOutReport(method, method == "time" ? IsoTime.Format(split.Cut) : null, end, split.Train.Count, split.Test.Count, users, fresh, cold)
        {
            NewItemShare = NewItemShareOf(shares, fresh, cold),
        };
    }

    /// <summary>
    /// The share of new items among the purchases of nine users in ten at most; never below the share of all purchases by Laplace's rule, so that few
    /// purchases do not say never.
    /// </summary>
    private static double NewItemShareOf(List<double> shares, long fresh, long cold)
    {
        shares.Sort();
        double most = shares.Count == 0 ? 0 : shares[(int)((shares.Count - 1) * 0.9)];
        return Math.Max(most, (cold + 1.0) / (fresh + 2.0));
    }
}
