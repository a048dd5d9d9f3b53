namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>Categories of one list's candidates, numbered among those that the user has or a candidate is of.</summary>
internal readonly struct CandidateCategories
{
    private readonly int[] _of;

    private CandidateCategories(int[] of) => _of = of;

    /// <summary>The category of a candidate, -1 where it has none.</summary>
    public int this[int position] => _of[position];

    /// <param name="mix">The user's shares of those categories; empty where nothing is known of them.</param>
    public static CandidateCategories Of(CategoryMixes mixes, int user, ReadOnlySpan<int> items, out double[] mix)
    {
        var all = new double[mixes.Categories];
        if (!mixes.Of(user, all))
        {
            mix = [];
            return new CandidateCategories([]);
        }
        // A shop may have thousands of categories; few of them matter to one list.
        var number = new int[all.Length];
        int count = 0;
        for (int category = 0; category < all.Length; category++)
            if (all[category] > 0) number[category] = ++count;
        var of = new int[items.Length];
        for (int k = 0; k < items.Length; k++)
        {
            int category = mixes.Of(items[k]);
            of[k] = category < 0 ? -1 : (number[category] == 0 ? number[category] = ++count : number[category]) - 1;
        }
        mix = new double[count];
        for (int category = 0; category < all.Length; category++)
            if (all[category] > 0) mix[number[category] - 1] = all[category];
        return new CandidateCategories(of);
    }

    /// <summary>Adds to every candidate what its category gains.</summary>
    public void AddTo(Span<float> gains, ReadOnlySpan<float> ofCategories)
    {
        for (int k = 0; k < _of.Length; k++)
            if (_of[k] >= 0) gains[k] += ofCategories[_of[k]];
    }
}
