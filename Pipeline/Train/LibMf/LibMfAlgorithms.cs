namespace Recsys.Batch.Pipeline.Train.LibMf;

/// <summary>
/// The two factorizations of LIBMF (Chin et al. 2016) that ML.NET wraps. They are trained where the build has Microsoft.ML.Recommender
/// (<c>-p:Recommender=true</c>); their models are factors, which any build loads, folds users into and serves.
/// </summary>
internal static class LibMfAlgorithms
{
    public const string OneClass = "mlnet-one-class";

    public const string Square = "mlnet-square";

    public static IReadOnlyList<string> Names { get; } = [OneClass, Square];
}
