using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>
/// Section <c>Tune</c>: a bounded random search (Bergstra and Bengio 2012) with successive halving (Jamieson and Talwalkar 2016) over options of <c>Train</c>:
/// all candidates are trained on a share of the users, the best third on three times as many, and so on up to all.
/// </summary>
internal sealed class TuneOptions : IStageOptions
{
    /// <summary>Candidates drawn, 1 to 10,000; the configuration as it stands is the first of them.</summary>
    public int Trials { get; set; } = 20;

    /// <summary>
    /// Minutes after which no further training starts, 0 (no limit) to 100,000. A limit that cuts the search is reported: its outcome is then not repeatable.
    /// </summary>
    public double Minutes { get; set; }

    /// <summary>Share of the users that the first round trains on, above 0, at most 1; 1 trains each candidate once, on all.</summary>
    public double FirstShare { get; set; } = 1.0 / 9;

    /// <summary>
    /// The algorithms that compete, by name; empty is <c>Train:Algorithm</c> alone, and where that is <c>auto</c> the race of a night
    /// (<see cref="TrainOptions.Auto"/>), unless <see cref="Space"/> says what may vary. Candidates take them in turn, each with the configuration as it stands
    /// first and then with draws, and the best of all on the hold-out says which serves (<c>Train:Algorithm</c> is one of the settings found).
    /// </summary>
    public IList<string> Algorithms { get; set; } = [];

    /// <summary>
    /// What may vary, by key under <c>Train</c> (<c>Ease:Regularization</c>, <c>Ensemble:Members:low:Weight</c>); empty takes what the algorithm declares.
    /// With several <see cref="Algorithms"/> an algorithm draws the keys given of its own section, or its declared space where none is given.
    /// </summary>
    public Dictionary<string, TuneRange> Space { get; set; } = new(StringComparer.Ordinal);

    public void Validate(OptionsCheck check)
    {
        check.InRange(Trials, 1, 10_000)
            .InRange(Minutes, 0, 100_000)
            .Require(FirstShare is > 0 and <= 1, FirstShare, "a number above 0, at most 1");
        for (int i = 0; i < Algorithms.Count; i++)
        {
            check.Require(
                TrainerCatalog.Knows(Algorithms[i]), Algorithms[i], TrainerCatalog.Expected(Algorithms[i], TrainerCatalog.Names), $"{nameof(Algorithms)}:{i}");
        }
        foreach (var (key, range) in Space) check.Nested(range, $"{nameof(Space)}:{key}");
    }
}

/// <summary>The values that one option may take: a list of them, or a range.</summary>
internal sealed class TuneRange : IStageOptions
{
    /// <summary>Values to choose from, as one would write them in a configuration; empty where there is a range.</summary>
    public IList<string> Values { get; set; } = [];

    /// <summary>Least value that is drawn.</summary>
    public double Min { get; set; }

    /// <summary>Largest value that is drawn, at least <see cref="Min"/>.</summary>
    public double Max { get; set; }

    /// <summary>Whether ratios count alike, not differences; needs a <see cref="Min"/> above 0.</summary>
    public bool Log { get; set; }

    /// <summary>Whether only whole numbers are drawn.</summary>
    public bool Whole { get; set; }

    public static TuneRange Between(double min, double max) => new() { Min = min, Max = max };

    /// <summary>A range in which ratios count alike.</summary>
    public static TuneRange Ratio(double min, double max) => new() { Min = min, Max = max, Log = true };

    public static TuneRange OneOf(params string[] values) => new() { Values = values };

    public void Validate(OptionsCheck check)
    {
        if (Values.Count > 0) return;
        check.Require(double.IsFinite(Min), Min, "a finite number")
            .Require(Max >= Min && double.IsFinite(Max), Max, "a number not below Min, or Values")
            .Require(!Log || Min > 0, Min, "a number above 0 where Log is true");
    }
}
