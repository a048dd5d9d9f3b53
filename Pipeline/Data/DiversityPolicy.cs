using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Data;

/// <summary>
/// A distribution over a few arms (values of lambda) for each context (users by the length of their history). Every user draws one arm, by a keyed hash of the
/// user's id: the draw depends on no thread, shard or order, and can be made again for any version as long as its policy is kept. Immutable; an artifact of a
/// version and of job <c>feedback</c>.
/// </summary>
/// <remarks>
/// Probabilities are whole shares of 2^20. A draw is the leading 20 bits of HMAC-SHA256(salt, user id), so the probability of an arm is its share exactly, and
/// float32 holds it exactly.
/// </remarks>
internal sealed record DiversityPolicy
{
    public const string FileName = "policy.json";

    /// <summary>What the shares of one context add up to.</summary>
    public const int Whole = 1 << 20;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, NewLine = "\n" };

    private readonly byte[] _key = [];

    public int Format { get; init; } = 1;

    /// <summary><c>initial</c>, from the configuration, or <c>learned</c>.</summary>
    public required string Origin { get; init; }

    /// <summary>Steps of learning since the initial policy.</summary>
    public required int Steps { get; init; }

    /// <summary><see cref="Id"/> of the policy that the last step was taken from; null for an initial one.</summary>
    public string? Parent { get; init; }

    /// <summary>Key of the draw. A step brings another one, so that who had which arm before says nothing of who has it next.</summary>
    public required string Salt
    {
        get;
        init
        {
            field = value;
            _key = Encoding.UTF8.GetBytes(value);
        }
    }

    /// <summary>Values of lambda, ascending.</summary>
    public required IReadOnlyList<double> Arms { get; init; }

    /// <summary>Items in a history at which the next context begins, ascending: n bounds make n + 1 contexts.</summary>
    public required IReadOnlyList<int> HistoryBounds { get; init; }

    /// <summary>No step takes an arm below this share of <see cref="Whole"/>.</summary>
    public required int Floor { get; init; }

    /// <summary>By context, aligned with <see cref="Arms"/>; each row adds up to <see cref="Whole"/>.</summary>
    public required IReadOnlyList<IReadOnlyList<int>> Shares { get; init; }

    public int Contexts => HistoryBounds.Count + 1;

    /// <summary>SHA-256 of the file.</summary>
    public string Id() => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ToJson())));

    /// <param name="historyLength">Items in the user's history.</param>
    public int ContextOf(int historyLength)
    {
        int context = 0;
        while (context < HistoryBounds.Count && historyLength >= HistoryBounds[context]) context++;
        return context;
    }

    /// <summary><c>under 5 items</c>, <c>5 to 19 items</c>, <c>20 items or more</c>; <c>all</c> where there is one context.</summary>
    public string ContextName(int context)
    {
        if (HistoryBounds.Count == 0) return "all";
        if (context == 0) return string.Create(CultureInfo.InvariantCulture, $"under {HistoryBounds[0]} items");
        return context == HistoryBounds.Count
            ? string.Create(CultureInfo.InvariantCulture, $"{HistoryBounds[^1]} items or more")
            : string.Create(CultureInfo.InvariantCulture, $"{HistoryBounds[context - 1]} to {HistoryBounds[context] - 1} items");
    }

    /// <summary>The arm that a user of that context draws.</summary>
    public int ArmOf(ReadOnlySpan<byte> userId, int context)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, userId, hash);
        int draw = (hash[0] << 12) | (hash[1] << 4) | (hash[2] >> 4);
        var shares = Shares[context];
        int arm = 0;
        for (int before = shares[0]; draw >= before; before += shares[arm]) arm++;
        return arm;
    }

    /// <summary>The exact probability with which a user of that context draws that arm.</summary>
    public double Probability(int context, int arm) => Shares[context][arm] / (double)Whole;

    /// <summary>Whether both speak of the same arms and contexts with the same floor: one can then stand in for the other.</summary>
    public bool HasShapeOf(DiversityPolicy other) => Arms.SequenceEqual(other.Arms) && HistoryBounds.SequenceEqual(other.HistoryBounds) && Floor == other.Floor;

    public string ToJson() => JsonSerializer.Serialize(this, Json) + "\n";

    public void Save(string path) => AtomicFile.WriteText(path, ToJson());

    /// <exception cref="ArtifactException">The file is missing or holds no policy.</exception>
    public static DiversityPolicy Read(string path)
    {
        DiversityPolicy? policy;
        try
        {
            policy = JsonSerializer.Deserialize<DiversityPolicy>(File.ReadAllText(path), Json);
        }
        catch (Exception e) when (e is JsonException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ArtifactException(
                path,
                $"no diversity policy can be read from it ({e.Message}); expected a {FileName} of job feedback or of a version, "
                + $"or set Diversify:Explore:Policy=initial",
                e);
        }
        if (policy?.Fault() is { } fault)
            throw new ArtifactException(path, $"the diversity policy cannot be used: {fault}; take an unchanged {FileName} of job feedback or of a version");
        return policy ?? throw new ArtifactException(path, "the file holds no diversity policy; take one of job feedback or of a version");
    }

    private string? Fault()
    {
        if (Format != 1) return $"its format is {Format}, expected 1";
        if (Salt is not { Length: > 0 }) return "it has no salt";
        if (Arms is not { Count: >= 2 } || Arms.Any(a => a is not (>= 0 and <= 1)) || !Ascends(Arms))
            return "its arms are not at least two ascending values of lambda from 0 to 1";
        if (HistoryBounds is null || HistoryBounds.Any(b => b < 1) || !Ascends(HistoryBounds)) return "its history bounds do not ascend from 1";
        if (Shares is null || Shares.Count != Contexts || Shares.Any(s => s is null || s.Count != Arms.Count))
            return $"it does not have one share for each of {Arms.Count} arms in each of {Contexts} contexts";
        return Shares.Any(s => s.Any(p => p is < 1 or > Whole) || s.Sum(p => (long)p) != Whole)
            ? $"the shares of a context are not positive, or do not add up to {Whole}"
            : null;
    }

    private static bool Ascends<T>(IReadOnlyList<T> values) where T : IComparable<T>
    {
        for (int i = 1; i < values.Count; i++)
            if (values[i].CompareTo(values[i - 1]) <= 0) return false;
        return true;
    }
}
