using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Feedback.Learning;

/// <summary>
/// Nightly feedback looks at evidence that grows, and whoever tests at one level every night is wrong some night. So a policy has one level for all looks at it
/// together, of which look n may spend 1 / (n (n + 1)) (alpha spending, Lan and DeMets 1983; the sum bounds the error whatever looks have in common), and looks
/// are taken each time the lists have grown by half. The same lists are the same look however often feedback runs; between looks the last one's decision holds.
/// </summary>
/// <param name="total">Chance that a policy whose arms do not differ ever moves.</param>
internal sealed class SequentialLooks(double total, PolicyEvidence evidence)
{
    public const double Growth = 1.5;

    private EvidenceLook? Last => evidence.Looks is [.., var last] ? last : null;

    /// <summary>Whether this run looks: for the first time, at what the last run looked at, or at enough more.</summary>
    public bool IsDue => Last is null || IsRepeated || evidence.Lists >= NextAt;

    /// <summary>Lists at which the next look is due.</summary>
    public long NextAt => Last is { } last ? (long)Math.Ceiling(Growth * last.Lists) : 0;

    public int Number => evidence.Looks.Count + (IsRepeated ? 0 : 1);

    public double Level => total / (Number * (Number + 1.0));

    private bool IsRepeated => Last is { } last && last.Lists == evidence.Lists;

    /// <summary>The evidence with this look among those that were taken.</summary>
    public PolicyEvidence With(IReadOnlyList<IReadOnlyList<int>>? shares)
    {
        var looks = IsRepeated ? evidence.Looks.SkipLast(1) : evidence.Looks;
        return evidence with { Looks = [.. looks, new EvidenceLook(evidence.Lists, Level, shares)] };
    }

    /// <summary>The evidence so far, and what was seen since.</summary>
    public static PolicyEvidence Grown(EvidenceHistory history, DiversityPolicy inForce, IReadOnlyDictionary<string, int> seen)
    {
        var before = history.Policies.GetValueOrDefault(inForce.Id()) ?? new PolicyEvidence(new(StringComparer.Ordinal), []);
        var grown = new SortedDictionary<string, long>(before.Seen, StringComparer.Ordinal);
        foreach (var (version, lists) in seen) grown[version] = Math.Max(lists, grown.GetValueOrDefault(version));
        return before with { Seen = grown };
    }
}
