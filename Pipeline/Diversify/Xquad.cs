namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// What the user wants and the list does not have yet, by xQuAD (Santos, Macdonald and Ounis 2010) with categories for aspects: a candidate i of category g
/// adds <c>p(g|u) * p(i|g) * product over chosen j of g of (1 - p(j|g))</c>. p(i|g) is half its relevance: not even the best candidate is surely the right one
/// of its category. p(g|u) is taken relative to the user's largest category's, so that lambda weighs the same for narrow and broad tastes: in their weighting,
/// <c>(1 - w) P + w P'</c>, lambda is <c>w / (1 - w)</c> times that largest share. Users without known categories get the order of relevance.
/// </summary>
internal sealed class Xquad(CategoryMixes mixes) : IDiversityGain
{
    public const string Name = "xquad";

    private const float MostSatisfying = 0.5f;

    public static readonly DiversifierDefinition Definition =
        new(Name, of => new GreedyDiversifier(of.UserLambda, new Xquad(of.Mixes))) { Needs = DiversifierNeeds.Categories };

    public IListGain Begin(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance) => new Wanted(mixes, user, items, relevance);

    private sealed class Wanted : IListGain
    {
        private readonly CandidateCategories _candidates;
        private readonly float[] _relevance;
        private readonly float[] _wanted;

        public Wanted(CategoryMixes mixes, int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance)
        {
            _candidates = CandidateCategories.Of(mixes, user, items, out double[] mix);
            double most = mix.Length == 0 ? 1 : mix.Max();
            _wanted = Array.ConvertAll(mix, share => (float)(share / most));
            _relevance = relevance.ToArray();
        }

        public void AddTo(Span<float> gains)
        {
            if (_wanted.Length == 0) return;
            for (int k = 0; k < _relevance.Length; k++)
                if (_candidates[k] is >= 0 and var category) gains[k] += _wanted[category] * MostSatisfying * _relevance[k];
        }

        public void Take(int position)
        {
            if (_wanted.Length > 0 && _candidates[position] is >= 0 and var category) _wanted[category] *= 1 - MostSatisfying * _relevance[position];
        }

        public void Dispose()
        {
        }
    }
}
