using System.Reflection;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Linear;

namespace Recsys.Batch.Pipeline.Tests.Train;

[TestClass]
internal sealed class TrainStageTests
{
    [TestMethod]
    public void An_unknown_algorithm_lists_those_there_are()
    {
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => TrainerCatalog.Create("alss", new TrainOptions()));
        StringAssert.Contains(thrown.Message, "'alss'", StringComparison.Ordinal);
        foreach (string name in TrainerCatalog.Names) StringAssert.Contains(thrown.Message, name, StringComparison.Ordinal);
    }

    [TestMethod]
    public void Options_of_every_trainer_are_public_properties()
    {
        var hidden = from type in new[] { typeof(AlgorithmOptions), typeof(TrainOptions) }
                     from property in type.GetProperties(BindingFlags.Instance | BindingFlags.NonPublic)
                     where typeof(ITrainerOptions).IsAssignableFrom(property.PropertyType)
                     select $"{type.Name}.{property.Name}";

        Assert.AreEqual("", string.Join(", ", hidden), "what is not public is neither listed nor bound");
    }

    // The catalog is the process's: nothing may read its names meanwhile, and the name has nothing that a test over all names would try.
    [TestMethod]
    [DoNotParallelize]
    public void A_trainer_of_another_assembly_is_registered_once_under_its_name()
    {
        const string name = "registered-by-a-test";
        var before = TrainerCatalog.Names;
        TrainerCatalog.Register(name, options => new PopularityTrainer(options.Popularity));

        Assert.IsFalse(before.Contains(name));
        Assert.IsTrue(TrainerCatalog.Names.Contains(name) && TrainerCatalog.MemberNames.Contains(name));
        Assert.IsInstanceOfType<PopularityTrainer>(TrainerCatalog.Create(name, new TrainOptions()));
        foreach (string taken in new[] { name, PopularityTrainer.Name })
        {
            var thrown = Assert.ThrowsExactly<ArgumentException>(() => TrainerCatalog.Register(taken, _ => new PopularityTrainer(new PopularityOptions())));
            StringAssert.Contains(thrown.Message, $"there is a trainer '{taken}' already", StringComparison.Ordinal);
        }
        Assert.AreEqual(PopularityTrainer.Name, TrainerCatalog.Create(PopularityTrainer.Name, new TrainOptions()).Algorithm);
    }

    [TestMethod]
    public void An_empty_matrix_is_refused()
    {
        var thrown = Assert.ThrowsExactly<RunFailedException>(
            () => new TrainStage(new TrainOptions { Algorithm = "ials" }).Run(PlantedClusters.Matrix(3, 4), StageContext.Quiet(1)));
        StringAssert.Contains(thrown.Message, "no interactions", StringComparison.Ordinal);
    }

    [TestMethod]
    public void The_stage_trains_the_algorithm_that_serves_or_the_one_it_is_asked_for()
    {
        var stage = new TrainStage(new TrainOptions { Algorithm = "item-knn" });
        Assert.AreEqual("item-knn", stage.Run(PlantedClusters.Make(), StageContext.Quiet(1)).Algorithm);
        Assert.AreEqual("popularity", stage.Run("popularity", PlantedClusters.Make(), StageContext.Quiet(1)).Algorithm);
    }

    [TestMethod]
    public void Every_wrong_option_is_named_with_its_path()
    {
        var options = new TrainOptions { Algorithm = "als", Baselines = ["popularity", "nothing"] };
        options.Als.Regularization = -1;
        options.Als.SubspaceBlock = 20;
        options.Ease.Regularization = 0;
        options.ItemKnn.Neighbors = 0;
        options.Popularity.HalfLifeDays = double.NaN;
        var check = new OptionsCheck("Train");
        options.Validate(check);
        string all = string.Join("\n", check.Faults);
        foreach (string path in new[]
        {
            "Train:Algorithm", "Train:Baselines:1", "Train:Als:Regularization", "Train:Als:SubspaceBlock", "Train:Ease:Regularization",
            "Train:ItemKnn:Neighbors",
            "Train:Popularity:HalfLifeDays",
        })
            StringAssert.Contains(all, path + " is", StringComparison.Ordinal);
        Assert.AreEqual(7, check.Faults.Count, all);
    }

    [TestMethod]
    public void The_defaults_are_valid()
    {
        var check = new OptionsCheck("Train");
        new TrainOptions().Validate(check);
        check.ThrowIfAny();
    }
}
