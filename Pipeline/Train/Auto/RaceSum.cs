using System.Globalization;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>A member of a sum.</summary>
/// <param name="Scale">What its scores are divided by first; 1 in a sum of one.</param>
internal sealed record RaceMember(Entrant Entrant, double Weight, double Scale);

/// <summary>What serves apart from texts: one model or a weighted sum, times a trend.</summary>
internal sealed record RaceSum(IReadOnlyList<RaceMember> Members, TrendChoice Trend, float[] Ndcg)
{
    /// <summary>One model alone, under its own trend.</summary>
    public static RaceSum Of(Entrant only) => new([new RaceMember(only, 1, 1)], only.Trend, only.Ndcg);

    /// <summary>By key under <c>Train</c>.</summary>
    public SortedDictionary<string, string> Settings()
    {
        var settings = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (Members.Count == 1)
        {
            var only = Members[0].Entrant;
            settings["Algorithm"] = only.Algorithm;
            foreach (var (key, value) in only.Keys) settings[$"{only.Section}:{key}"] = value;
        }
        else
        {
            settings["Algorithm"] = Ensemble.EnsembleTrainer.Name;
            foreach (var member in Members)
            {
                string prefix = $"Ensemble:Members:{member.Entrant.Algorithm}";
                settings[prefix + ":Algorithm"] = member.Entrant.Algorithm;
                settings[prefix + ":Weight"] = member.Weight.ToString(CultureInfo.InvariantCulture);
                foreach (var (key, value) in member.Entrant.Configured.Concat(member.Entrant.Keys))
                    settings[$"{prefix}:{member.Entrant.Section}:{key}"] = value;
            }
        }
        settings["Trend:HalfLifeDays"] = Trend.HalfLifeDays.ToString(CultureInfo.InvariantCulture);
        if (Trend.Factors is not null) settings["Trend:Exponent"] = Trend.Exponent.ToString(CultureInfo.InvariantCulture);
        return settings;
    }

    public override string ToString() => string.Join(
        " + ", Members.Select(m => Members.Count == 1 ? Bare(m).ToString() : string.Create(CultureInfo.InvariantCulture, $"{m.Weight} x {Bare(m)}"))) + Trend;

    private static Entrant Bare(RaceMember member) => member.Entrant with { Trend = TrendChoice.None };
}
