using System.Globalization;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>What is worth varying of each algorithm, and how candidates are drawn.</summary>
public static class SearchSpace
{
    private static readonly SortedDictionary<string, Dictionary<string, TuneRange>> s_spaces = new(StringComparer.Ordinal)
    {
        [AlsTrainer.Name] = new(StringComparer.Ordinal)
        {
            ["Als:Regularization"] = LogRange(3e-4, 0.1),
            ["Als:UnobservedWeight"] = LogRange(0.01, 1),
            ["Als:RegularizationExponent"] = Range(0, 1),
            ["Als:Rank"] = Choice("64", "128", "256"),
        },
        [EaseTrainer.Name] = new(StringComparer.Ordinal)
        {
            ["Ease:Regularization"] = LogRange(10, 3000),
        },
        [GraphFilterTrainer.Name] = new(StringComparer.Ordinal)
        {
            ["GraphFilter:HistoryExponent"] = Range(0, 1),
            ["GraphFilter:UserExponent"] = Range(0.25, 1.25),
            ["GraphFilter:ItemExponent"] = Range(0, 0.6),
            ["GraphFilter:Power"] = Range(0.6, 1.4),
        },
        [ItemKnnTrainer.Name] = new(StringComparer.Ordinal)
        {
            ["ItemKnn:Neighbors"] = new() { Min = 10, Max = 1000, Log = true, Whole = true },
            ["ItemKnn:Weighting"] = Choice("Cosine", "TfIdf", "Bm25"),
            ["ItemKnn:Shrinkage"] = Range(0, 100),
        },
        [LibMfAlgorithms.OneClass] = new(StringComparer.Ordinal)
        {
            ["MLNetOneClass:Lambda"] = LogRange(0.1, 30),
            ["MLNetOneClass:Alpha"] = LogRange(1e-3, 0.3),
            ["MLNetOneClass:Rank"] = Choice("32", "64", "128"),
        },
        [LibMfAlgorithms.Square] = new(StringComparer.Ordinal)
        {
            ["MLNetSquare:Lambda"] = LogRange(0.01, 1),
            ["MLNetSquare:LearningRate"] = LogRange(0.02, 0.3),
            ["MLNetSquare:Negatives"] = new() { Min = 1, Max = 20, Log = true, Whole = true },
            ["MLNetSquare:Rank"] = Choice("32", "64", "128"),
        },
        [SequenceTrainer.Name] = new(StringComparer.Ordinal)
        {
            ["Sequence:GapDecay"] = Range(0.4, 1),
            ["Sequence:BackwardWeight"] = Range(0, 1),
            ["Sequence:HistoryExponent"] = Range(0, 1),
            ["Sequence:ItemExponent"] = Range(0, 0.6),
            ["Sequence:HistoryDecay"] = Range(0.4, 1),
        },
        [SpectralTrainer.Name] = new(StringComparer.Ordinal)
        {
            ["Spectral:Rank"] = Choice("64", "256", "512", "1024"),
            ["Spectral:Ridge"] = LogRange(0.03, 1),
            ["Spectral:HistoryExponent"] = Range(0, 0.75),
            ["Spectral:ItemExponent"] = Range(0.25, 0.75),
        },
    };

    /// <summary>The declared space of an algorithm, by key under <c>Train</c>; empty where it has nothing to vary. An ensemble's space is its members' weights.</summary>
    public static IReadOnlyDictionary<string, TuneRange> Of(TrainOptions options)
    {
        if (options.Algorithm != Ensemble.EnsembleTrainer.Name)
            return s_spaces.TryGetValue(options.Algorithm, out var declared) ? declared : new Dictionary<string, TuneRange>(StringComparer.Ordinal);
        return options.Ensemble.Members.ToDictionary(m => $"Ensemble:Members:{m.Key}:Weight", _ => Range(-0.5, 1.5), StringComparer.Ordinal);
    }

    /// <summary>One value of each key; keys are visited in ordinal order, so a seed gives one sequence of candidates.</summary>
    internal static SortedDictionary<string, string> Draw(IReadOnlyDictionary<string, TuneRange> space, ref SplitMix64 random)
    {
        var drawn = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string key in space.Keys.Order(StringComparer.Ordinal)) drawn[key] = Draw(space[key], ref random);
        return drawn;
    }

    private static string Draw(TuneRange range, ref SplitMix64 random)
    {
        double share = random.NextDouble();
        if (range.Values.Count > 0) return range.Values[(int)(share * range.Values.Count)];
        double high = range.Whole ? range.Max + 1 : range.Max;
        double value = range.Log ? range.Min * Math.Pow(high / range.Min, share) : range.Min + share * (high - range.Min);
        // Three digits are finer than any hold-out can tell apart, and readable.
        return range.Whole
            ? Math.Min(Math.Floor(value), range.Max).ToString("F0", CultureInfo.InvariantCulture)
            : double.Parse(value.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);
    }

    private static TuneRange Range(double min, double max) => new() { Min = min, Max = max };

    private static TuneRange LogRange(double min, double max) => new() { Min = min, Max = max, Log = true };

    private static TuneRange Choice(params string[] values) => new() { Values = values };
}
