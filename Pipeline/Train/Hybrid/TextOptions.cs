using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>Whether what is known of the items themselves is learned from.</summary>
internal enum TextUse
{
    /// <summary>Where items have texts or embeddings.</summary>
    Auto = 0,

    /// <summary>Never.</summary>
    Off = 1,
}

/// <summary>
/// Section <c>Train:Text</c>: what a text (or another view of an item) adds to the serving algorithm,
/// <c>score(u, j) = cf(u, j) + sum_h x_h (a_j (C F)_h + b_j F_h) M f_j</c>, where f_j is item j's row of features of unit length, F those of items with events,
/// <c>M = (F^T F + lambda I)^-1</c>, and C the weights of what is bought with what. The first part maps features to the company that such items keep (the
/// attribute-to-feature mapping of Gantner et al. 2010 with a linear item-item model as its target): so an item without a single event is scored. The second is
/// likeness to the history, with what many texts have in common counting less.
/// </summary>
internal sealed class TextOptions : IStageOptions
{
    public TextUse Use { get; set; } = TextUse.Auto;

    /// <summary>
    /// Directions kept of the texts' words and word pieces (latent semantic analysis), 0 (leaves words out) to 4,096. Time and memory grow with it: 16 bytes x
    /// items x rank.
    /// </summary>
    public int Rank { get; set; } = 512;

    /// <summary>Share of each further view (an encoder's embeddings, images, a graph) in an item's features beside the words, 0 to 1.</summary>
    public double ViewShare { get; set; } = 0.2;

    /// <summary>
    /// lambda, above 0: rows of F are of unit length, so it counts in items. The larger, the more two items must say alike to count as alike.
    /// </summary>
    public double Regularization { get; set; } = 2;

    /// <summary>Weight of the text's score beside the algorithm's for an item with many events, both by their scale; 0 to 1,000.</summary>
    public double Weight { get; set; } = 1;

    /// <summary>
    /// b / a of an item with events: likeness to the history beside the company that such items keep, as a share of the mean row sum of C, 0 to 1,000.
    /// </summary>
    public double SimilarityWeight { get; set; } = 1.5;

    /// <summary>b / a of an item without events, 0 to 1,000.</summary>
    public double ColdSimilarityWeight { get; set; } = 0.05;

    /// <summary>
    /// How high items without events are scored, 0 to 1,000. At 1 the best of them score as the same items would with their events, which is measured while
    /// training on items left out of the map; above 1 they get more room, since nobody could have bought them yet. Room costs accuracy on the others where few
    /// purchases are of new items: a shop whose catalog turns over slowly does better near 1 (data/configs/README.md has both kinds measured).
    /// </summary>
    public double ColdWeight { get; set; } = 2;

    /// <summary>c: an item with n events is scored as a cold one by c / (c + n), and by what its events say for the rest; 0 to 1,000.</summary>
    public double ColdShrinkage { get; set; }

    /// <summary>Weight of a history item for each later visit of its user where the log has times, above 0, at most 1; 1 weighs all alike.</summary>
    public double HistoryDecay { get; set; } = 1;

    /// <summary>Entries a row of C keeps, the strongest, 1 to 100,000.</summary>
    public int Neighbors { get; set; } = 1000;

    public void Validate(OptionsCheck check) => check
        .Require(Enum.IsDefined(Use), Use, string.Join(", ", Enum.GetNames<TextUse>()))
        .InRange(Rank, 0, 4096)
        .InRange(ViewShare, 0, 1)
        .Require(Regularization > 0 && double.IsFinite(Regularization), Regularization, "a number above 0")
        .InRange(SimilarityWeight, 0, 1000)
        .InRange(ColdSimilarityWeight, 0, 1000)
        .InRange(Weight, 0, 1000)
        .InRange(ColdWeight, 0, 1000)
        .InRange(ColdShrinkage, 0, 1000)
        .Require(HistoryDecay is > 0 and <= 1, HistoryDecay, "a number above 0, at most 1")
        .InRange(Neighbors, 1, 100_000);
}
