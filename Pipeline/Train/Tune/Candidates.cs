using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>The settings that a search tries, in order; the first are the configuration as it stands.</summary>
internal static class Candidates
{
    /// <exception cref="ConfigurationException">There is nothing to vary.</exception>
    public static List<IReadOnlyDictionary<string, string>> Of(TuneOptions options, TrainOptions train, ulong seed)
    {
        var candidates = new List<IReadOnlyDictionary<string, string>> { new SortedDictionary<string, string>(StringComparer.Ordinal) };
        var random = new SplitMix64(seed, "tune");
        if (options.Algorithms.Count == 0)
        {
            var space = options.Space.Count > 0 ? options.Space : SearchSpace.Of(train);
            if (space.Count == 0)
                throw new ConfigurationException($"Tune:Space is empty and {train.Algorithm} declares nothing to vary; name options in Tune:Space");
            while (candidates.Count < options.Trials) candidates.Add(SearchSpace.Draw(space, ref random));
            return candidates;
        }

        string[] names = [.. options.Algorithms.Distinct(StringComparer.Ordinal)];
        // What stands in the configuration for the others is as good a guess as the one for the algorithm that serves.
        foreach (string name in names.Where(n => n != train.Algorithm)) candidates.Add(With(name, []));
        bool[] varies = [.. names.Select(n => SpaceOf(n, options, train).Count > 0)];
        if (!varies.Contains(true) && candidates.Count < 2)
        {
            throw new ConfigurationException(
                $"Tune:Algorithms names {string.Join(", ", names)} alone, which declares nothing to vary; name more of them, or options in Tune:Space");
        }
        for (int turn = 0; candidates.Count < options.Trials && varies.Contains(true); turn++)
        {
            int at = turn % names.Length;
            if (varies[at]) candidates.Add(With(names[at], SearchSpace.Draw(SpaceOf(names[at], options, train), ref random)));
        }
        return candidates.Count > options.Trials ? candidates[..options.Trials] : candidates;
    }

    private static SortedDictionary<string, string> With(string algorithm, SortedDictionary<string, string> drawn)
    {
        drawn[nameof(TrainOptions.Algorithm)] = algorithm;
        return drawn;
    }

    private static IReadOnlyDictionary<string, TuneRange> SpaceOf(string algorithm, TuneOptions options, TrainOptions train)
    {
        var declared = SearchSpace.Of(OptionPath.With(train, new Dictionary<string, string> { [nameof(TrainOptions.Algorithm)] = algorithm }));
        var sections = declared.Keys.Select(Section).ToHashSet(StringComparer.Ordinal);
        var given = options.Space.Where(s => sections.Contains(Section(s.Key))).ToDictionary(StringComparer.Ordinal);
        return given.Count > 0 ? given : declared;
    }

    private static string Section(string key) => key[..Math.Max(0, key.IndexOf(':', StringComparison.Ordinal))];
}
