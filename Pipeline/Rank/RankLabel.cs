namespace Recsys.Batch.Pipeline.Rank;

/// <summary>What a ranker learns the order of candidates from.</summary>
internal enum RankLabel
{
    /// <summary>Which of the candidates were bought in the validation window for the first time.</summary>
    Purchases = 0,

    /// <summary>Which of the candidates that the feedback logs show in that window were clicked, by inverse propensity of their places.</summary>
    Clicks = 1,
}
