namespace Recsys.Batch.Pipeline.Diversify;

/// <summary>A user's weight of diversity: one for all, or that times the breadth of their taste.</summary>
internal sealed class UserLambda
{
    private readonly double _lambda;
    private readonly CategoryMixes? _mixes;

    /// <param name="lambda">0 up.</param>
    /// <param name="mixes">Whose entropy is the breadth; null makes one lambda for all.</param>
    public UserLambda(double lambda, CategoryMixes? mixes = null)
    {
        if (!(lambda >= 0 && double.IsFinite(lambda))) throw new ArgumentOutOfRangeException(nameof(lambda), lambda, "lambda is a number from 0 up");
        (_lambda, _mixes) = (lambda, mixes);
    }

    /// <summary>The lambda times the entropy of the user's mix as a share of ln(categories); the lambda itself where the mix is unknown.</summary>
    public double Of(int user)
    {
        if (_mixes is not { Categories: > 1 } mixes) return _lambda;
        var mix = new double[mixes.Categories];
        if (!mixes.Of(user, mix)) return _lambda;
        double entropy = 0;
        foreach (double share in mix)
            if (share > 0) entropy -= share * Math.Log(share);
        return _lambda * Math.Min(1, entropy / Math.Log(mix.Length));
    }
}
