using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.LibMf;

namespace Recsys.Batch.Recommender.Tests;

[TestClass]
internal class RegistrationTests
{
    [TestMethod]
    [DataRow(LibMfAlgorithms.OneClass)]
    [DataRow(LibMfAlgorithms.Square)]
    public void The_names_train_and_are_accepted_by_the_options(string name)
    {
        var options = new TrainOptions { Algorithm = name, Baselines = [name] };
        var check = new OptionsCheck("Train");
        options.Validate(check);

        Assert.IsEmpty(check.Faults);
        Assert.AreEqual(name, TrainerCatalog.Create(name, options).Algorithm);
        Assert.IsTrue(TrainerCatalog.MemberNames.Contains(name));
    }

    [TestMethod]
    public void To_register_again_changes_nothing()
    {
        var before = TrainerCatalog.Names;
        RecommenderTrainers.Register();
        CollectionAssert.AreEqual(before.ToArray(), TrainerCatalog.Names.ToArray());
    }
}
