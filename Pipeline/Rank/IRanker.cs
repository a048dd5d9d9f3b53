namespace Recsys.Batch.Pipeline.Rank;

/// <summary>Scores rows of features; the higher, the likelier a candidate is bought. Immutable; safe to call from many threads.</summary>
internal interface IRanker
{
    /// <summary>The features in order, and what is done to each first.</summary>
    FeatureRange[] Ranges { get; }

    /// <summary>Scores rows whose ranges are applied.</summary>
    /// <param name="rows">Candidates x features.</param>
    void Score(ReadOnlySpan<float> rows, Span<float> scores);

    /// <summary>
    /// What each feature adds to the score of a row whose ranges are applied, beside the score of a row of means: its Shapley value with that row as the
    /// reference (of a weighted sum: weight times distance from the mean). A missing value is the mean and adds nothing.
    /// </summary>
    /// <param name="shares">By feature; overwritten.</param>
    /// <returns>The score of the row of means; with all shares it is the row's score.</returns>
    double Shares(ReadOnlySpan<float> row, Span<double> shares);
}
