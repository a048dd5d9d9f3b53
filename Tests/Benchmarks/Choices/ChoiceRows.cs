using System.Globalization;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Evaluate;
using Recsys.Batch.Pipeline.Retrieve;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Auto;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Hybrid;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Sequence;
using Recsys.Batch.Pipeline.Train.Spectral;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Benchmarks.Choices;

/// <summary>What one log says of every row.</summary>
/// <param name="Ndcg">By row; a row that cannot be trained on the log is not there.</param>
/// <param name="RaceSeconds">Processor time of the race, of all cores together.</param>
/// <param name="Seconds">Processor time of everything, the race included.</param>
/// <param name="Over">Auto's NDCG less another row's over the same users, with the paired 95% interval, by that row.</param>
internal sealed record ChoiceFigures(
    IReadOnlyDictionary<string, MetricValue> Ndcg, IReadOnlyDictionary<string, MetricDifference> Over, AutoReport Race, double RaceSeconds, double Seconds);

/// <summary>The rows: what <c>Train:Algorithm=auto</c> serves, and every single algorithm with its default options, all without texts.</summary>
internal static class ChoiceRows
{
    public const string Auto = "auto", HalfLife = "popularity, half-life";

    public const int Cutoff = 10;

    /// <summary>The half-life as a share of the log's length: the middle one of those that the race tries.</summary>
    private const double HalfLifeShare = 1.0 / 12;

    public static readonly IReadOnlyList<string> Single =
    [
        PopularityTrainer.Name, HalfLife, ItemKnnTrainer.Name, AlsTrainer.Name, EaseTrainer.Name, SequenceTrainer.Name, GraphFilterTrainer.Name,
        SpectralTrainer.Name,
    ];

    /// <summary>Rows that are the same for every user.</summary>
    public static bool IsPersonal(string row) => row is not (PopularityTrainer.Name or HalfLife);

    /// <param name="most">Nominal seconds of a training (<see cref="RaceEntry.Seconds"/>) above which a single row is left out and named.</param>
    public static ChoiceFigures Of(ChoiceLog log, double most, StageContext context)
    {
        double start = ProcessCost.ProcessorSeconds();
        var untuned = new TrainOptions();
        untuned.Text.Use = TextUse.Off;
        var (serving, race) = AutoChoice.Of(untuned, log.Window, log.WindowName, null, context);
        double raced = ProcessCost.ProcessorSeconds() - start;
        var train = log.Test.Train;
        var models = new List<(string Row, ITrainedModel Model)> { (Auto, new TrainStage(serving).Run(train, context)) };
        var size = TrainingSize.Of(train);
        foreach (string row in Single)
        {
            if (row == HalfLife && !TrendFactors.Applies(train)) continue;
            var options = new TrainOptions();
            if (row == HalfLife) options.Popularity.HalfLifeDays = HalfLifeShare * TrendFactors.SpanDays(train);
            string algorithm = row == HalfLife ? PopularityTrainer.Name : row;
            double nominal = options.Trainers().First(t => t.Options.Definition.Name == algorithm).Options.Definition.Race!.Seconds(size);
            if (nominal > most)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {row}: left out, {nominal:0} nominal seconds"));
                continue;
            }
            try
            {
                models.Add((row, new TrainStage(options).Run(algorithm, train, context)));
            }
            catch (RunFailedException e)
            {
                Console.WriteLine($"  {row}: {e.Message}");
            }
        }
        var report = new EvaluateStage(new EvaluateOptions { Cutoffs = [Cutoff], AllPairs = false, ColdAmongCold = false, AucUsers = 0, OverlapPairs = 0 }).Run(
            new EvaluateInputs(log.Test, [.. models.Select(m => new EvaluatedModel(m.Row, m.Model.ScorerFor(train, context)))], new ExactRetriever()),
            context with { Progress = NoProgress.Instance });
        foreach (var (_, model) in models) (model as IDisposable)?.Dispose();
        string metric = string.Create(CultureInfo.InvariantCulture, $"ndcg@{Cutoff}");
        return new ChoiceFigures(
            models.ToDictionary(m => m.Row, m => report.Find(m.Row, Slices.New, metric)!, StringComparer.Ordinal),
            report.Differences.Where(d => d.Slice == Slices.New && d.Metric == metric).ToDictionary(d => d.Baseline, StringComparer.Ordinal),
            race, raced, ProcessCost.ProcessorSeconds() - start);
    }
}
