using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// Section <c>Diversify:Explore</c>: lists of different users are made with different lambdas, drawn with known probabilities, so that clicks can tell which
/// lambda is better. Off, every list is made with <see cref="DiversifyOptions.Lambda"/> and nothing can be learned from it.
/// </summary>
internal sealed class ExploreOptions : IStageOptions
{
    /// <summary>The policy of the newest finished job <c>feedback</c>; the initial one before the first.</summary>
    public const string Learned = "learned";

    /// <summary>The policy that this section describes, whatever was learned.</summary>
    public const string Initial = "initial";

    /// <summary>Whether different users get lists of different lambdas.</summary>
    public bool Enabled { get; set; }

    /// <summary>
    /// Values of lambda among which users draw, 2 to 8, from 0 to 1; empty takes half the configured lambda, itself and twice it (at most 1). The configured
    /// one is always among them.
    /// </summary>
    public double[] Arms { get; set; } = [];

    /// <summary>
    /// Share of users whose list the initial policy makes with another lambda than the configured one, over 0 up to 1; those arms share it evenly.
    /// </summary>
    public double Share { get; set; } = 0.5;

    /// <summary>Least probability of every arm, whatever is learned: over 0, at most 1 divided by the arms.</summary>
    public double Floor { get; set; } = 0.05;

    /// <summary>
    /// Items in a history at which the next context begins, ascending, at most 5; empty makes one context of all users. Each context has probabilities of its
    /// own.
    /// </summary>
    public int[] HistoryBounds { get; set; } = [5, 20];

    /// <summary><c>learned</c>, <c>initial</c>, or the path of a <c>policy.json</c> that is used unchanged, whatever is learned.</summary>
    public string Policy { get; set; } = Learned;

    public void Validate(OptionsCheck check)
    {
        check
            .Require(
                Arms is not { Length: 1 or > 8 } && Arms.All(a => a is >= 0 and <= 1),
                string.Join(", ", Arms), "2 to 8 numbers from 0 to 1, or none", nameof(Arms))
            .Require(Share > 0 && Share <= 1, Share, "a number over 0, at most 1")
            .Require(Floor > 0 && Floor <= 1, Floor, "a number over 0, at most 1")
            .Require(HistoryBounds.Length <= 5 && HistoryBounds.All(b => b >= 1) && HistoryBounds.SequenceEqual(HistoryBounds.Distinct().Order()),
                string.Join(", ", HistoryBounds), "at most 5 ascending whole numbers from 1", nameof(HistoryBounds))
            .NotEmpty(Policy, $"{Learned}, {Initial} or the path of a {DiversityPolicy.FileName}");
    }

    /// <summary>The arms with <paramref name="lambda"/> among them.</summary>
    internal double[] ArmsWith(double lambda)
    {
        double[] arms = Arms.Length > 0 ? Arms : [lambda / 2, Math.Min(1, lambda * 2)];
        return [.. arms.Append(lambda).Distinct().Order()];
    }

    /// <summary>The policy before anything was learned: the same probabilities in every context.</summary>
    /// <param name="lambda">The configured lambda.</param>
    /// <param name="seed"><c>Runs:Seed</c>; with the arms it decides the salt.</param>
    public DiversityPolicy InitialPolicy(double lambda, ulong seed)
    {
        var arms = ArmsWith(lambda);
        double others = Math.Min(1 - Floor, Math.Max(Share, Floor * (arms.Length - 1))) / (arms.Length - 1);
        var shares = PolicyShares.Of([.. arms.Select(a => a == lambda ? 1 - others * (arms.Length - 1) : others)]);
        string named = string.Create(CultureInfo.InvariantCulture, $"diversity policy {seed} {string.Join(' ', arms)} {string.Join(' ', HistoryBounds)}");
        return new DiversityPolicy
        {
            Origin = Initial,
            Steps = 0,
            Salt = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(named)))[..32],
            Arms = arms,
            HistoryBounds = [.. HistoryBounds],
            Floor = (int)Math.Floor(Floor * DiversityPolicy.Whole),
            Shares = [.. Enumerable.Repeat(shares, HistoryBounds.Length + 1)],
        };
    }
}
