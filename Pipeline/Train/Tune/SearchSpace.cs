using System.Globalization;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>What is worth varying of an algorithm, and how candidates are drawn.</summary>
internal static class SearchSpace
{
    /// <summary>The declared space of the algorithm, by key under <c>Train</c>; empty where it has nothing to vary.</summary>
    public static IReadOnlyDictionary<string, TuneRange> Of(TrainOptions options) => options.Trainers()
        .Where(t => t.Options.Definition.Name == options.Algorithm)
        .SelectMany(t => t.Options.Definition.SearchSpace.Select(s => KeyValuePair.Create($"{t.Section}:{s.Key}", s.Value)))
        .ToDictionary(StringComparer.Ordinal);

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
}
