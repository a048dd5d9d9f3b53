using System.Globalization;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>What the ledger keeps of impressions.</summary>
internal static class ClickMetrics
{
    public static void Tell(ClickReport report, IStageProgress progress)
    {
        progress.Metric("feedback.impressions", report.Impressions);
        progress.Metric("feedback.clicks_per_impression", report.Clicks.Value);
        if (report.Purchases is { } purchases) progress.Metric("feedback.purchases_per_impression", purchases.Value);
        if (report.Decay is { } decay) progress.Metric("feedback.examination_decay", decay.Value);
        if (report.Chances is { } chances)
        {
            progress.Metric("feedback.click_auc", chances.Auc);
            progress.Metric("feedback.click_log_loss", chances.LogLoss);
            progress.Metric("feedback.click_calibration_error", chances.CalibrationError);
            double lists = chances.Halves.Sum(h => (double)h.Lists);
            progress.Metric("feedback.expected_clicks", chances.Halves.Sum(h => h.Lists * h.Expected) / lists);
            progress.Metric("feedback.clicks_per_list", chances.Halves.Sum(h => h.Lists * h.Clicks) / lists);
        }
        progress.Note(
            report.ExaminationRefusal is { } refusal ? $"examination of places: {refusal}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"examination of places falls by rank^-{report.Decay!.Value:0.00} [{report.Decay.Low:0.00}, {report.Decay.High:0.00}], by "
                + $"{report.MovedClicks} clicks on items that moved"));
        if (report.ExaminationRefusal is null && report.ChancesRefusal is { } none) progress.Note($"no chances of clicks: {none}");
    }
}
