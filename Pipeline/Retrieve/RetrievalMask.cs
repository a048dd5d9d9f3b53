using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Retrieve;

/// <summary>
/// Which items a user may be given, as one bit an item (set = ruled out). One thread's: it carries the bits of the user that it was
/// last turned to. <c>items / 8</c> bytes, and as many again shared by all threads.
/// </summary>
internal sealed class RetrievalMask
{
    private readonly SparseRows? _exclude;
    private readonly Func<int, ItemSet?>? _ruledOut;
    private readonly ulong[] _never;
    private readonly ulong[] _now;
    private ItemSet? _rules;
    private int _user = -1;

    private RetrievalMask(SparseRows? exclude, Func<int, ItemSet?>? ruledOut, ulong[] never)
    {
        (_exclude, _ruledOut) = (exclude, ruledOut);
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
        return new RetrievalMask(request.Exclude, request.RuledOut, never);
    }

    public RetrievalMask ForAnotherThread() => new(_exclude, _ruledOut, _never);

    /// <summary>Makes the mask speak of <paramref name="user"/>: O(items the user has seen).</summary>
    public void TurnTo(int user)
    {
        if (_exclude is null && _ruledOut is null || user == _user) return;
        if (_user >= 0 && _exclude is not null)
            foreach (int item in _exclude.RowIndices(_user)) _now[item >> 6] = _never[item >> 6] | Ruled(item >> 6);
        if (_ruledOut?.Invoke(user) is var rules && !ReferenceEquals(rules, _rules))
        {
            // Users of one segment have one set, so it changes seldom.
            _rules = rules;
            for (int word = 0; word < _now.Length; word++) _now[word] = _never[word] | Ruled(word);
        }
        if (_exclude is not null)
            foreach (int item in _exclude.RowIndices(user)) _now[item >> 6] |= 1UL << (item & 63);
        _user = user;
    }

    // The rules may know items that the model does not.
    private ulong Ruled(int word) => _rules is null ? 0 : _rules.Words[word];

    public bool RulesOut(int item) => (_now[item >> 6] >> (item & 63) & 1) != 0;
}
