namespace Recsys.Batch.Pipeline.Evaluate;

/// <summary>What a list is like apart from its hits. A value that does not exist (a pair distance of one item, a category that no item has) is NaN.</summary>
/// <param name="IntraListDistance">Mean of 1 - cosine over all pairs of the list (Ziegler et al. 2005), in the space that lists are diversified in.</param>
/// <param name="IntraListCategoryDistance">Mean category distance over pairs where both items have one.</param>
/// <param name="Novelty">Mean self-information in bits.</param>
/// <param name="Popularity">Mean share of users who have the item.</param>
/// <param name="ColdShare">Share of entries that nobody has in the history.</param>
/// <param name="CalibrationKl">Kullback-Leibler divergence in nats of the list's mix of top categories from the user's (Steck 2018, alpha 0.01).</param>
/// <param name="CalibrationJs">Jensen-Shannon divergence of the two mixes in bits, 0 to 1.</param>
/// <param name="IntraListTextDistance">As the first, in the text encoder's space.</param>
/// <param name="IntraListModelDistance">As the first, in the serving model's space.</param>
/// <param name="OneShelf">
/// 1 where the titles of more than half of the entries share a phrase of two words (<see cref="Lexical.TitlePhrases"/>), else 0.
/// </param>
internal readonly record struct ListMeasures(
    float IntraListDistance,
    float IntraListCategoryDistance,
    float Novelty,
    float Popularity,
    float ColdShare,
    float CalibrationKl,
    float CalibrationJs,
    float IntraListTextDistance = float.NaN,
    float IntraListModelDistance = float.NaN,
    float OneShelf = float.NaN)
{
    internal static readonly string[] Names =
    [
        "ild", "ild_category", "novelty", "popularity", "cold_share", "calibration_kl", "calibration_js", "ild_text", "ild_model", "one_shelf",
    ];

    internal void CopyTo(Span<float> values)
    {
        values[0] = IntraListDistance;
        values[1] = IntraListCategoryDistance;
        values[2] = Novelty;
        values[3] = Popularity;
        values[4] = ColdShare;
        values[5] = CalibrationKl;
        values[6] = CalibrationJs;
        values[7] = IntraListTextDistance;
        values[8] = IntraListModelDistance;
        values[9] = OneShelf;
    }
}
