using Recsys.Batch.Pipeline.Feedback.Estimates;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>Places of lists that are looked at together.</summary>
/// <param name="Places">As ranks.</param>
/// <param name="Clicks">Clicks an impression, with the 95% interval.</param>
/// <param name="Examination">How likely it is looked at beside the first place; null where nothing is concluded.</param>
/// <param name="Expected">Clicks an impression that chances which do not know the user expect; null where there are none.</param>
internal sealed record PlaceReport(string Places, long Impressions, EstimatedValue Clicks, EstimatedValue? Examination, double? Expected);

/// <param name="Expected">Mean chance of a click of the impressions in the bin.</param>
/// <param name="Observed">Share of them that was clicked, with its 95% interval.</param>
internal sealed record ReliabilityBin(long Impressions, double Expected, EstimatedValue Observed);

/// <summary>Lists of one half of the users, by chances that the other half taught.</summary>
/// <param name="Expected">Clicks a list that are expected.</param>
/// <param name="Clicks">Clicks that a list got.</param>
/// <param name="Ratio">The latter by the former; the 95% interval holds the chance of both halves, since the other one set the level that is expected.</param>
internal sealed record HeldOutLists(int Lists, int Users, double Expected, double Clicks, EstimatedValue Ratio);

/// <param name="Effect">Change of the log-odds of a click by one standard deviation of the feature, on average over both halves.</param>
internal sealed record ClickFeatureEffect(string Name, double Effect);

/// <summary>How right chances of clicks are, on users whom neither they nor the examination know.</summary>
/// <param name="MaxWeight">What a click counts for at most, as one over the examination of its place.</param>
/// <param name="ClippedShare">Share of the clicks that would count for more.</param>
/// <param name="Auc">Chance that an impression that was clicked has a higher chance than one that was not.</param>
/// <param name="PlaceAuc">The same where the place alone is known.</param>
/// <param name="LogLoss">An impression.</param>
/// <param name="PlaceLogLoss">The same where the place alone is known.</param>
/// <param name="CalibrationError">Mean distance of expected from observed clicks over the bins, an impression.</param>
/// <param name="Halves">Expected clicks a list beside those that lists got.</param>
internal sealed record ClickChanceReport(
    double MaxWeight, double ClippedShare, double Auc, double PlaceAuc, double LogLoss, double PlaceLogLoss, double CalibrationError,
    IReadOnlyList<ReliabilityBin> Bins, IReadOnlyList<HeldOutLists> Halves, IReadOnlyList<ClickFeatureEffect> Features);

/// <summary>What impressions say beyond what each list brought.</summary>
/// <param name="Impressions">Items of lists that their users were shown.</param>
/// <param name="Purchases">Purchases an impression; null where none is logged.</param>
/// <param name="Decay">The power of the rank by which examination falls, with its 95% interval; null where nothing is concluded.</param>
/// <param name="MovedPairs">Pairs of user and item that were shown at different places.</param>
/// <param name="MovedClicks">Clicks on these.</param>
/// <param name="ExaminationRefusal">Why nothing is concluded of examination; null where something is.</param>
/// <param name="Chances">Null where there are none.</param>
/// <param name="ChancesRefusal">Why there are none.</param>
internal sealed record ClickReport(
    long Impressions, EstimatedValue Clicks, EstimatedValue? Purchases, IReadOnlyList<PlaceReport> Places, EstimatedValue? Decay, long MovedPairs,
    long MovedClicks, string? ExaminationRefusal, ClickChanceReport? Chances, string? ChancesRefusal)
{
    /// <returns>Null where nothing was shown.</returns>
    public static ClickReport? Of(ShownItems shown, double minClicks, ulong seed, CancellationToken cancellation)
    {
        if (shown.Count == 0) return null;
        var examination = new ExaminationEstimator(shown, minClicks).Fit();
        var chances = new ClickChances(shown, minClicks, seed, cancellation);
        var report = chances.Run();
        bool bought = Enumerable.Range(0, shown.Count).Any(at => shown[at].IsBought);
        return new ClickReport(
            shown.Count, ClickRates.Of(shown, _ => true, at => shown[at].IsClicked),
            bought ? ClickRates.Of(shown, _ => true, at => shown[at].IsBought) : null,
            Place(shown, examination, report is null ? null : chances.Held), examination.Curve is null ? null : examination.Decay, examination.Pairs,
            examination.Clicks, examination.Refusal, report, chances.Refusal);
    }

    private static PlaceReport[] Place(ShownItems shown, ExaminationFit examination, double[]? held)
    {
        var (counts, expected) = (new long[PlaceGroups.Count], new double[PlaceGroups.Count]);
        for (int at = 0; at < shown.Count; at++)
        {
            int group = PlaceGroups.Of(shown[at].Rank);
            counts[group]++;
            if (held is not null) expected[group] += held[at];
        }
        return [.. Enumerable.Range(0, PlaceGroups.Count).Where(g => counts[g] > 0).Select(g => new PlaceReport(
            PlaceGroups.Name(g), counts[g], ClickRates.Of(shown, at => PlaceGroups.Of(shown[at].Rank) == g, at => shown[at].IsClicked),
            examination.Curve is null ? null : examination.Places[g], held is null ? null : expected[g] / counts[g]))];
    }
}
