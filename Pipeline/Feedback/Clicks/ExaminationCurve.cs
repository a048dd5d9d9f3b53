using Recsys.Batch.Pipeline.Feedback.Estimates;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// How likely a place of a list is looked at, beside the first one: <c>rank^-Decay</c>, times what its group of places deviates from that. Above 1 where a
/// place is looked at oftener than the first.
/// </summary>
/// <param name="Deviations">By <see cref="PlaceGroups"/>, as logarithms; 0 for the first place.</param>
internal sealed record ExaminationCurve(double Decay, IReadOnlyList<double> Deviations)
{
    /// <summary>All places are looked at alike.</summary>
    public static readonly ExaminationCurve Flat = new(0, new double[PlaceGroups.Count]);

    /// <param name="rank">From 1.</param>
    public double At(int rank) => Math.Exp(-Decay * Math.Log(rank) + Deviations[PlaceGroups.Of(rank)]);
}

/// <summary>What clicks say of how places are looked at.</summary>
/// <param name="Curve">Null where nothing is concluded.</param>
/// <param name="Decay">With its 95% interval.</param>
/// <param name="Places">By <see cref="PlaceGroups"/>: at the group's middle rank, with 95% intervals.</param>
/// <param name="Pairs">Pairs of user and item that were shown at different places.</param>
/// <param name="Clicks">Clicks on these.</param>
/// <param name="EffectiveClicks">As many users with one such click each would say as much.</param>
/// <param name="Refusal">Why nothing is concluded; null where something is.</param>
internal sealed record ExaminationFit(
    ExaminationCurve? Curve, EstimatedValue Decay, IReadOnlyList<EstimatedValue> Places, long Pairs, long Clicks, double EffectiveClicks, string? Refusal);
