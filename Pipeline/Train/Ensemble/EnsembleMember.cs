namespace Recsys.Batch.Pipeline.Train.Ensemble;

/// <summary>How much a member counts, its scale already divided out.</summary>
public sealed record MemberWeight(string Name, double Weight, double LengthExponent, double LengthReference, double LengthCap)
{
    /// <summary>The weight for a user with <paramref name="length"/> pairs; a user without any counts as one with a single pair.</summary>
    public float For(int length) => LengthExponent == 0
        ? (float)Weight
        : (float)(Weight * Math.Pow(Math.Min(Math.Max(1, length), LengthCap) / LengthReference, LengthExponent));
}

public sealed record EnsembleMember(MemberWeight Weight, ITrainedModel Model);
