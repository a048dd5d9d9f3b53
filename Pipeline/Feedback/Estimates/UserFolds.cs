using Recsys.Batch.Pipeline.Numerics;

namespace Recsys.Batch.Pipeline.Feedback.Estimates;

/// <summary>Users dealt into folds by a seed: what is fitted without a fold can be tried on it.</summary>
internal sealed class UserFolds
{
    private readonly byte[] _folds;

    public UserFolds(int users, int count, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 2);
        Count = count;
        _folds = new byte[users];
        var random = new SplitMix64(seed, "feedback folds");
        for (int u = 0; u < users; u++) _folds[u] = (byte)random.NextInt(count);
    }

    public int Count { get; }

    public int Of(int user) => _folds[user];
}
