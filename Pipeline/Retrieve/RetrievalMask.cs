using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Which items a user may be given, as one bit an item (set = ruled out). One thread's: it carries the bits of the user that it was
/// last turned to. <c>items / 8</c> bytes, and as many again shared by all threads.
/// </summary>
internal sealed class RetrievalMask
{
    private readonly SparseRows? _exclude;
    private readonly ulong[] _never;
    private readonly ulong[] _now;
    private int _user = -1;

    private RetrievalMask(SparseRows? exclude, ulong[] never)
    {
        _exclude = exclude;
        _never = never;
        _now = (ulong[])never.Clone();
    }

    public static RetrievalMask Of(RetrievalRequest request, int items)
    {
        var never = new ulong[(items + 63) / 64];
        if (request.Allowed is { } allowed)
        {
            for (int i = 0; i < items; i++)
                if (!allowed[i]) never[i >> 6] |= 1UL << (i & 63);
        }
        return new RetrievalMask(request.Exclude, never);
    }

    public RetrievalMask ForAnotherThread() => new(_exclude, _never);

    /// <summary>Makes the mask speak of <paramref name="user"/>: O(items the user has seen).</summary>
    public void TurnTo(int user)
    {
        if (_exclude is null || user == _user) return;
        if (_user >= 0)
            foreach (int item in _exclude.RowIndices(_user)) _now[item >> 6] = _never[item >> 6];
        foreach (int item in _exclude.RowIndices(user)) _now[item >> 6] |= 1UL << (item & 63);
        _user = user;
    }

    public bool RulesOut(int item) => (_now[item >> 6] >> (item & 63) & 1) != 0;
}
