using System.Globalization;
using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>A trained model in the race, with the best way to score by it that was found.</summary>
/// <param name="Algorithm">Name of its trainer.</param>
/// <param name="Section">The trainer's section under <c>Train</c>.</param>
/// <param name="Settings">Its options that differ from the configuration, by key below the section.</param>
/// <param name="Model">What was trained; owned by the entrant.</param>
internal sealed record Entrant(string Algorithm, string Section, IReadOnlyDictionary<string, string> Settings, ITrainedModel Model) : IDisposable
{
    /// <summary>What the configuration says of its options beside the defaults, by key below the section: a member of a sum begins from the defaults.</summary>
    public required IReadOnlyDictionary<string, string> Configured { get; init; }

    /// <summary>The decay of histories; null where the trainer has none or the configured one is best.</summary>
    public double? HistoryDecay { get; init; }

    /// <summary>Whether another one owns <see cref="Model"/>.</summary>
    public bool IsBorrowed { get; init; }

    public TrendChoice Trend { get; init; } = TrendChoice.None;

    public required IBlockScorer Scorer { get; init; }

    /// <summary>By user of the window.</summary>
    public required float[] Ndcg { get; init; }

    public required Interval Mean { get; init; }

    /// <summary>The model with <see cref="HistoryDecay"/>.</summary>
    public ITrainedModel Decayed => HistoryDecay is { } decay && RaceFolds.DecayOf(Model) is not null ? RaceFolds.WithDecay(Model, decay) : Model;

    /// <summary>All settings by key below the section.</summary>
    public SortedDictionary<string, string> Keys
    {
        get
        {
            var keys = new SortedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var (key, value) in Settings) keys[key] = value;
            if (HistoryDecay is { } decay) keys["HistoryDecay"] = decay.ToString(CultureInfo.InvariantCulture);
            return keys;
        }
    }

    public override string ToString() => string.Concat([Algorithm, .. Keys.Select(k => $" {k.Key}={k.Value}")]) + Trend;

    public void Dispose()
    {
        if (!IsBorrowed) (Model as IDisposable)?.Dispose();
    }
}
