namespace Recsys.Batch.Pipeline.Rank;

/// <summary>Scores rows of features; the higher, the likelier a candidate is bought. Immutable; safe to call from many threads.</summary>
internal interface IRanker
{
    /// <summary>The features in order, and what is done to each first.</summary>
    FeatureRange[] Ranges { get; }

    /// <summary>Scores rows whose ranges are applied.</summary>
    /// <param name="rows">Candidates x features.</param>
    void Score(ReadOnlySpan<float> rows, Span<float> scores);
}
