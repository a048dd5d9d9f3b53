using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>
/// Section <c>Train:Ensemble</c>: a weighted sum of models' scores, each first divided by its scale, so that weights mean the same whatever a member's units
/// are.
/// </summary>
internal sealed class EnsembleOptions : ITrainerOptions
{
    /// <summary>The members by names of one's own; trained and summed in ordinal order of the names.</summary>
    public Dictionary<string, MemberOptions> Members { get; set; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Whether each member's scores are divided by its scale: the mean of the <see cref="ScaleTop"/> largest scores of unseen items over
    /// <see cref="ScaleUsers"/> users.
    /// </summary>
    public bool Normalize { get; set; } = true;

    /// <summary>Users drawn, by the run's seed, to measure scales, 1 to 1,000,000.</summary>
    public int ScaleUsers { get; set; } = 1000;

    /// <summary>Scores a user that count for the scale, 1 to 10,000.</summary>
    public int ScaleTop { get; set; } = 60;

    /// <summary>An ensemble's space is its members' weights.</summary>
    TrainerDefinition ITrainerOptions.Definition => new(EnsembleTrainer.Name, () => new EnsembleTrainer(this), EnsembleModel.Load)
    {
        SearchSpace = Members.Keys.ToDictionary(
            name => $"{nameof(Members)}:{name}:{nameof(MemberOptions.Weight)}", _ => TuneRange.Between(-0.5, 1.5), StringComparer.Ordinal),
    };

    public void Validate(OptionsCheck check)
    {
        check.InRange(ScaleUsers, 1, 1_000_000).InRange(ScaleTop, 1, 10_000);
        foreach (var (name, member) in Members) check.Nested(member, $"{nameof(Members)}:{name}");
    }
}

/// <summary>One member: an algorithm with its options, its weight, and how that weight depends on the length of a user's history.</summary>
internal sealed class MemberOptions : AlgorithmOptions
{
    public MemberOptions() => Algorithm = GraphFilterTrainer.Name;

    /// <summary>Weight of the member's scores in the sum, -1,000 to 1,000; a negative one takes away what the member has too much of.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>
    /// e: the weight is multiplied by <c>(min(n, LengthCap) / LengthReference)^e</c> for a user with n pairs, 0 (no dependence) to 4. Models that generalize
    /// far need longer histories to be trusted.
    /// </summary>
    public double LengthExponent { get; set; }

    /// <summary>Length at which the weight is <see cref="Weight"/>, above 0, in pairs.</summary>
    public double LengthReference { get; set; } = 20;

    /// <summary>Length beyond which the weight no longer changes, above 0, in pairs.</summary>
    public double LengthCap { get; set; } = 80;

    public override void Validate(OptionsCheck check)
    {
        check.Require(TrainerCatalog.MemberNames.Contains(Algorithm), Algorithm, TrainerCatalog.Expected(Algorithm, TrainerCatalog.MemberNames))
            .InRange(Weight, -1000, 1000)
            .InRange(LengthExponent, 0, 4)
            .Require(LengthReference > 0 && double.IsFinite(LengthReference), LengthReference, "a number above 0")
            .Require(LengthCap > 0 && double.IsFinite(LengthCap), LengthCap, "a number above 0");
        base.Validate(check);
    }
}
