using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Train;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.LibMf;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Recommender.Tests.Train;

[TestClass]
internal class MLNetTuneTests
{
    [TestMethod]
    [DataRow(AlsTrainer.Name)]
    [DataRow(LibMfAlgorithms.OneClass)]
    public void The_search_trains_ours_and_MLNets_and_takes_what_the_hold_out_prefers(string better)
    {
        var train = new TrainOptions
        {
            Algorithm = "ials",
            Als = { Rank = 8, Iterations = 4 },
            MLNetOneClass = { Rank = 8, Iterations = 4 },
            MLNetSquare = { Rank = 8, Iterations = 4 },
        };
        var tune = new TuneOptions { Trials = 6, FirstShare = 1, Algorithms = { AlsTrainer.Name, LibMfAlgorithms.OneClass, LibMfAlgorithms.Square } };
        var report = new Tuner(tune, train).Run(PlantedClusters.Make(), m => m.Algorithm == better ? 1 : 0, StageContext.Quiet(1, seed: 6));

        Assert.IsTrue(report.Trials.All(t => t.Failure is null), string.Join("; ", report.Trials.Select(t => t.Failure)));
        Assert.AreEqual(3, report.Trials.Select(t => t.Settings.GetValueOrDefault("Algorithm", AlsTrainer.Name)).Distinct().Count());
        Assert.AreEqual(better, report.Best!.Settings.GetValueOrDefault("Algorithm", AlsTrainer.Name));
        Assert.IsTrue(report.Trials.Any(t => t.Settings.ContainsKey("MLNetOneClass:Alpha")));
    }
}
