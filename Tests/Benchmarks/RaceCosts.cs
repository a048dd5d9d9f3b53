using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Runs.Nightly.Auto;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Auto;

namespace Recsys.Batch.Benchmarks;

/// <summary>
/// <c>race-costs --train FILE [--most S] [--threads N]</c>: what every trainer's formula says that a training costs (<see cref="RaceEntry.Seconds"/>) beside
/// what it takes, and what one measurement of it takes. Trainers that would cost more than S nominal seconds (60) are named and left out.
/// </summary>
internal static class RaceCosts
{
    public static int Run(string[] args)
    {
        var given = Arguments.Parse(args);
        var context = StageContext.Quiet(given.Int("threads", Environment.ProcessorCount));
        string file = given.Text("train");
        var (window, name) = RaceWindow.Of(PairFiles.Load(ParquetFiles.Reader(), file, file).Train, context.Seed);
        var size = TrainingSize.Of(window.Train);
        var measure = new RaceMeasure(window, new AutoOptions(), context);
        Console.WriteLine($"{size}; measured on {measure.Users} users: {name}");
        Console.WriteLine("trainer       nominal s   train s   ratio  measure s");
        foreach (var (_, options) in new TrainOptions().Trainers())
        {
            if (options.Definition is not { Race: { } race, Create: { } create }) continue;
            double nominal = race.Seconds(size);
            if (nominal > given.Int("most", 60))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{options.Definition.Name,-12} {nominal,10:0.00}   left out"));
                continue;
            }
            try
            {
                Print(options.Definition.Name, nominal, create(), window.Train, measure, context);
            }
            catch (RunFailedException e)
            {
                Console.WriteLine($"{options.Definition.Name,-12} {e.Message}");
            }
        }
        return 0;
    }

    private static void Print(string name, double nominal, ITrainer trainer, InteractionMatrix interactions, RaceMeasure measure, StageContext context)
    {
        long start = context.Time.GetTimestamp();
        var model = trainer.Train(interactions, context);
        double trained = context.Time.GetElapsedTime(start).TotalSeconds;
        start = context.Time.GetTimestamp();
        float[][] ndcg = measure.Ndcg([model.ScorerFor(interactions, context)], [new ScoreMix(1)]);
        double measured = context.Time.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name,-12} {nominal,10:0.00} {trained,9:0.00} {trained / nominal,7:0.0} {measured,10:0.00}   NDCG {measure.Mean(ndcg[0]).Value:0.0000}"));
        (model as IDisposable)?.Dispose();
    }
}
