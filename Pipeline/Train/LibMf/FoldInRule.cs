namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>
/// The system whose solution is a user's row while the item factors stay as they are, the gradient of the training objective set to 0:
/// <c>(rho Y^T Y + (1 - rho) sum_j y_j y_j^T + lambda I) x = sum_j b_j y_j + rho c sum_i y_i</c> over the user's pairs j and all items i; ALS's equation with a
/// weight rho and a regularization that may depend on the number n of pairs.
/// </summary>
/// <param name="Algorithm">One of <see cref="LibMfAlgorithms"/>.</param>
/// <param name="Lambda">Regularization of a row (one-class) or of each of its labels (square).</param>
/// <param name="Alpha">rho of one-class.</param>
/// <param name="C">c of one-class.</param>
/// <param name="Negatives">Of square: rho is the chance of a pair without interaction to have been drawn.</param>
/// <param name="Label">Of square: what b_j is.</param>
internal sealed record FoldInRule(string Algorithm, double Lambda, double Alpha, double C, int Negatives, LabelKind Label)
{
    public static FoldInRule Of(OneClassOptions options) => new(LibMfAlgorithms.OneClass, options.Lambda, options.Alpha, options.C, 0, LabelKind.Uniform);

    public static FoldInRule Of(SquareOptions options) => new(LibMfAlgorithms.Square, options.Lambda, 0, 0, options.Negatives, options.Label);

    internal bool HasUnobserved => Algorithm == LibMfAlgorithms.OneClass || Negatives > 0;

    /// <summary>The system of a row with <paramref name="length"/> pairs, divided by rho where there is one, so that all rows share one Gramian.</summary>
    internal RowSystem For(int length, int items)
    {
        if (Algorithm == LibMfAlgorithms.OneClass)
            return new RowSystem((float)((1 - Alpha) / Alpha), (float)(Lambda / Alpha), (float)((1 - Alpha * C) / Alpha), (float)C);
        int drawn = NegativePairs.CountFor(length, items, Negatives);
        double regularization = Lambda * (length + drawn);
        if (Negatives == 0) return new RowSystem(1, (float)regularization, 1, 0);
        // A user who has everything drew nothing: as if it had drawn a thousandth of a pair.
        double rho = Math.Max(drawn, 1e-3) / Math.Max(items - length, 1);
        return new RowSystem((float)((1 - rho) / rho), (float)(regularization / rho), (float)(1 / rho), 0);
    }
}

/// <param name="PairWeight">Of each y_j y_j^T.</param>
/// <param name="Regularization">On the diagonal.</param>
/// <param name="RightScale">Factor of each b_j.</param>
/// <param name="ShiftScale">Factor of sum_i y_i.</param>
internal readonly record struct RowSystem(float PairWeight, float Regularization, float RightScale, float ShiftScale);
