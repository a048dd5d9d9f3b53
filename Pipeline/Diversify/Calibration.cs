namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>
/// The user's own mix (Steck 2018): a candidate adds what it takes from the Kullback-Leibler divergence C of the list's mix of categories from the user's,
/// <c>sum over g of p(g|u) ln(p(g|u) / q(g))</c> with <c>q = (1 - a) q' + a p</c>, a = 0.01 (for the list without entries q' is 0), times its place on the
/// list. So the greedy choice is his, <c>(1 - w) s - w C</c>, with the mean of the entries' relevance for s where he has the sum: beside a sum C matters the
/// less the longer the list is. Lambda is <c>w / (1 - w)</c>. All candidates of a category add the same, so an entry costs O(categories + M). Users without
/// known categories get the order of relevance.
/// </summary>
internal sealed class Calibration(CategoryMixes mixes) : IDiversityGain
{
    public const string Name = "calibration";

    private const double Alpha = 0.01;

    public static readonly DiversifierDefinition Definition =
        new(Name, of => new GreedyDiversifier(of.UserLambda, new Calibration(of.Mixes))) { Needs = DiversifierNeeds.Categories };

    public IListGain Begin(int user, ReadOnlySpan<int> items, ReadOnlySpan<float> relevance) => new Divergence(mixes, user, items);

    private sealed class Divergence : IListGain
    {
        private readonly CandidateCategories _candidates;
        private readonly double[] _mix;
        private readonly int[] _counts;
        private readonly float[] _gains;
        private int _entries, _known;

        public Divergence(CategoryMixes mixes, int user, ReadOnlySpan<int> items)
        {
            _candidates = CandidateCategories.Of(mixes, user, items, out _mix);
            _counts = new int[_mix.Length];
            _gains = new float[_mix.Length];
        }

        public void AddTo(Span<float> gains)
        {
            if (_mix.Length == 0) return;
            double now = Divided(_known), then = Divided(_known + 1);
            for (int category = 0; category < _gains.Length; category++) _gains[category] = (float)((_entries + 1) * (now - then + Moved(category)));
            _candidates.AddTo(gains, _gains);
        }

        public void Take(int position)
        {
            _entries++;
            if (_mix.Length == 0 || _candidates[position] is not (>= 0 and var category)) return;
            _counts[category]++;
            _known++;
        }

        public void Dispose()
        {
        }

        /// <summary>The divergence of the entries so far, their counts divided by another number of entries than theirs.</summary>
        private double Divided(int by)
        {
            double sum = 0;
            for (int category = 0; category < _mix.Length; category++) sum += Term(category, _counts[category], by);
            return sum;
        }

        /// <summary>What one entry more of a category takes from the divergence with one entry more.</summary>
        private double Moved(int category) => Term(category, _counts[category], _known + 1) - Term(category, _counts[category] + 1, _known + 1);

        private double Term(int category, int count, int of)
        {
            double share = _mix[category];
            return share == 0 ? 0 : -share * Math.Log((1 - Alpha) * count / Math.Max(1, of) / share + Alpha);
        }
    }
}
