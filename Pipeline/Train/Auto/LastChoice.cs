using System.Globalization;
using Recsys.Batch.Pipeline.Train.Ensemble;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>What served last night, as a race found it.</summary>
/// <param name="Settings">By key under <c>Train</c>, as <see cref="AutoReport.Settings"/> has them.</param>
/// <param name="HadTexts">Whether that race had texts to try: a choice that never saw any says nothing of them.</param>
internal sealed record LastChoice(IReadOnlyDictionary<string, string> Settings, bool HadTexts)
{
    private const string Algorithm = nameof(AlgorithmOptions.Algorithm);
    private const string EnsemblePrefix = "Ensemble:Members:";

    /// <summary>One model of the choice.</summary>
    /// <param name="Keys">Its options by key below its trainer's section.</param>
    internal sealed record Member(string Algorithm, string Section, double Weight, IReadOnlyDictionary<string, string> Keys);

    /// <summary>The models of which it is made; null where one of them is of a trainer that does not race.</summary>
    /// <param name="hasRatings">Whether ratings are kept as values, which some trainers are for.</param>
    public IReadOnlyList<Member>? Members(TrainOptions options, bool hasRatings = true)
    {
        if (!Settings.TryGetValue(Algorithm, out string? algorithm)) return null;
        Member?[] members = algorithm == EnsembleTrainer.Name
            ? [.. Settings.Keys
                .Where(k => k.StartsWith(EnsemblePrefix, StringComparison.Ordinal) && k.EndsWith(":" + Algorithm, StringComparison.Ordinal))
                .Select(k => Of(options, hasRatings, Settings[k], k[..^Algorithm.Length], Number(k[..^Algorithm.Length] + nameof(MemberOptions.Weight)) ?? 1))]
            : [Of(options, hasRatings, algorithm, "", 1)];
        return members.Length > 0 && !members.Contains(null) ? [.. members.OfType<Member>()] : null;
    }

    /// <summary>The number at <paramref name="key"/>; null where there is none.</summary>
    public double? Number(string key) => Settings.TryGetValue(key, out string? text)
        && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? number : null;

    /// <summary>Whether two sets of options are the same.</summary>
    public static bool Same(IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> others) =>
        settings.Count == others.Count && settings.All(s => others.TryGetValue(s.Key, out string? value) && value == s.Value);

    private Member? Of(TrainOptions options, bool hasRatings, string algorithm, string prefix, double weight)
    {
        if (AutoRace.Raced(options, hasRatings).FirstOrDefault(t => t.Definition.Name == algorithm) is not { Section: { } section }) return null;
        string start = $"{prefix}{section}:";
        return new Member(
            algorithm, section, weight,
            Settings.Where(s => s.Key.StartsWith(start, StringComparison.Ordinal))
                .ToDictionary(s => s.Key[start.Length..], s => s.Value, StringComparer.Ordinal));
    }
}
