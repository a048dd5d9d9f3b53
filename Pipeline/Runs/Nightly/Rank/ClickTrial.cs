using Recsys.Batch.Pipeline.Data;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>Chances of clicks on users whom nothing of them knows.</summary>
/// <param name="Auc">Chance that an impression that was clicked has a higher chance than one that was not; null where one of the two is missing.</param>
/// <param name="PlaceAuc">The same where the place alone is known.</param>
/// <param name="LogLoss">Mean of -ln(chance of what happened), in nats an impression.</param>
/// <param name="PlaceLogLoss">The same where the place alone is known.</param>
/// <param name="Expected">Clicks that the chances add up to.</param>
internal sealed record HeldOutClicks(double? Auc, double? PlaceAuc, double LogLoss, double PlaceLogLoss, double Expected);

/// <summary>What a ranker learned from impressions of the window, and how it did beside one that learned from purchases.</summary>
/// <param name="Users">Who was learned from.</param>
/// <param name="Impressions">Candidates that were shown to them.</param>
/// <param name="Clicks">Of these.</param>
/// <param name="LeftOut">Rows of the logs that say nothing, and impressions that were not learned from, by the reason.</param>
/// <param name="Decay">The power of the place by which examination falls, with its 95% interval.</param>
/// <param name="MaxWeight">What a click counts for at most.</param>
/// <param name="ClippedShare">Share of the clicks that would count for more.</param>
/// <param name="Held">Each half of the users by what the other taught.</param>
/// <param name="ByPurchases">The ranker that learned from purchases, over the same users.</param>
/// <param name="AgainstPurchases">NDCG of purchases by the order from clicks less that by the order from purchases, with its paired 95% interval.</param>
internal sealed record ClickTrial(
    int Users, long Impressions, long Clicks, SortedDictionary<string, long> LeftOut, Interval Decay, double MaxWeight, double ClippedShare,
    HeldOutClicks Held, RankTrial ByPurchases, Interval AgainstPurchases);
