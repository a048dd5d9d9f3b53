namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>How much a member counts.</summary>
/// <param name="Scale">What the member's scores are divided by first.</param>
internal sealed record MemberWeight(string Name, double Weight, double Scale, double LengthExponent, double LengthReference, double LengthCap)
{
    /// <summary>The weight for a user with <paramref name="length"/> pairs; a user without any counts as one with a single pair.</summary>
    public float For(int length) => (float)(Weight * UnitFor(length));

    /// <summary>What a weight of 1 would come to for that user.</summary>
    internal double UnitFor(int length) => LengthExponent == 0
        ? 1 / Scale
        : Math.Pow(Math.Min(Math.Max(1, length), LengthCap) / LengthReference, LengthExponent) / Scale;
}

internal sealed record EnsembleMember(MemberWeight Weight, ITrainedModel Model);
