using System.Globalization;
using System.Text.Json;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Auto;

/// <summary>Turns <c>Train:Algorithm=auto</c> into the options of what serves, by a race on a window before the test window.</summary>
internal static class AutoChoice
{
    /// <summary>The race, in the folder of the stage that held it.</summary>
    public const string FileName = "auto.json";

    private static readonly JsonSerializerOptions Json = new(CanonicalJson.Options)
    {
        WriteIndented = true,
        NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <param name="name">The window in words.</param>
    /// <param name="earlier">The windows before it, the newest first, where <see cref="AutoOptions.Cuts"/> asks for them.</param>
    /// <param name="last">What served last night; null where there is nothing to keep.</param>
    public static (TrainOptions Serving, AutoReport Report) Of(
        TrainOptions options, HoldOut window, string name, ItemContent? content, StageContext context, LastChoice? last = null,
        IReadOnlyList<HoldOut>? earlier = null)
    {
        long start = context.Time.GetTimestamp();
        IReadOnlyList<HoldOut> windows = [window, .. earlier ?? []];
        if (windows.Count != options.Auto.Cuts)
        {
            throw new ConfigurationException(
                $"Train:Auto:Cuts is {options.Auto.Cuts}; expected 1 where pairs are read instead of a log, for they have one window");
        }
        IRaceMeasure measure = windows.Count == 1 ? new RaceMeasure(window, options.Auto, context) : new FoldedMeasure(windows, options.Auto, context);
        if (windows.Count > 1) name += $", and {windows.Count - 1} before it, each model trained before each";
        var report = new AutoRace(options, new RaceFolds([.. windows.Select(w => w.Train)]), measure, content, context, last).Run(name);
        context.Progress.Metric("train.auto.seconds", context.Time.GetElapsedTime(start).TotalSeconds);
        context.Progress.Metric("train.auto.nominal_seconds", report.SpentSeconds);
        foreach (string line in Lines(report)) context.Progress.Note(line);
        return (With(options, report), report);
    }

    /// <summary>The options with what a race found; ALS as it is configured where nothing was chosen.</summary>
    public static TrainOptions With(TrainOptions options, AutoReport report)
    {
        var copy = OptionPath.With(options, new Dictionary<string, string> { [nameof(TrainOptions.Algorithm)] = AlsTrainer.Name });
        if (report.Settings.Count == 0) return copy;
        // The configuration's is another ensemble, with scales of its own.
        copy.Ensemble = new EnsembleOptions();
        return OptionPath.With(copy, report.Settings);
    }

    public static void Save(AutoReport report, string path) => AtomicFile.WriteText(path, JsonSerializer.Serialize(report, Json) + "\n");

    public static AutoReport Load(string path) => JsonSerializer.Deserialize<AutoReport>(File.ReadAllText(path), Json)!;

    private static IEnumerable<string> Lines(AutoReport report)
    {
        if (report.Best is not { } best)
        {
            yield return report.Last is { IsKept: true } last
                ? $"auto: {report.Why}; {last.Model} serves as last night"
                : $"auto: {report.Why}; {AlsTrainer.Name} serves as it is configured";
            yield break;
        }
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"auto: {best.Model} serves: NDCG@{report.Cutoff} {best.Ndcg.Value:0.0000} [{best.Ndcg.Low:0.0000}, {best.Ndcg.High:0.0000}] of {report.Users} "
            + $"users on the validation window ({report.Window}), {report.Trials.Count(t => t.Failure is null)} models measured in "
            + $"{report.SpentSeconds / 60:0.0} of {report.BudgetSeconds / 60:0.0} nominal minutes; {report.Why}");
        if (report.OverPopularity is { } over)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"auto: over the best popularity {over.Value:+0.0000;-0.0000;0.0000} [{over.Low:0.0000}, {over.High:0.0000}], paired 95% interval");
        }
        if (report.Last is { } before) yield return $"auto: {before}";
    }
}
