using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Tests.Runs;
using Recsys.Batch.Pipeline.Train;
using Recsys.Batch.Pipeline.Train.Als;
using Recsys.Batch.Pipeline.Train.Imported;

namespace Recsys.Batch.Pipeline.Tests.Train.Imported;

[TestClass]
internal sealed class ImportedTrainerTests
{
    private static readonly StageContext Quiet = StageContext.Quiet(2);

    /// <summary>Users 0 and 1 are known, user 2 is not and has items 0 and 2; item 3 has no factors.</summary>
    private static readonly InteractionMatrix Log = new(new SparseRows(3, 4, [0, 1, 2, 4], [0, 1, 0, 2], [1, 1, 1, 1]), null);

    private static ImportedFactors Factors { get; } = new(
        Side([[1, 0], [0.5f, 2], [0, 0]], [true, true, false]),
        Side([[2, 1], [1, 2], [3, -1], [0, 0]], [true, true, true, false]));

    [TestMethod]
    public void Known_users_score_by_the_inner_products_of_their_factors()
    {
        var model = new ImportedTrainer(new ImportedOptions(), Factors).Train(Log, Quiet);
        var scores = new float[2 * 4];
        model.ScorerFor(Log, Quiet).Score([0, 1], 0, 4, scores, 4);

        CollectionAssert.AreEqual(new[] { 2f, 1, 3, 0, 3, 4.5f, -0.5f, 0 }, scores);
        Assert.AreEqual("imported", model.Algorithm);
    }

    [TestMethod]
    public void A_user_who_came_later_has_the_exact_solution_with_the_items_fixed()
    {
        var options = new ImportedOptions
        {
            Regularization = 0.5,
            RegularizationExponent = 0,
            UnobservedWeight = 0.2,
            Confidence = ConfidenceKind.Linear,
            ConfidenceScale = 3,
        };
        var model = (AlsModel)new ImportedTrainer(options, Factors).Train(Log, Quiet);

        // (0.2 Y'Y + 0.5 I + 3 (y0 y0' + y2 y2')) x = 3 (y0 + y2), with Y'Y = [[14, 1], [1, 6]].
        double a = 0.2 * 14 + 0.5 + 3 * (4 + 9), b = 0.2 * 1 + 3 * (2 - 3), d = 0.2 * 6 + 0.5 + 3 * (1 + 1);
        double det = a * d - b * b;
        Assert.AreEqual((d * 15 - b * 0) / det, model.Factors.Users.Row(2)[0], 1e-5);
        Assert.AreEqual((a * 0 - b * 15) / det, model.Factors.Users.Row(2)[1], 1e-5);
    }

    [TestMethod]
    public void A_model_is_read_back_from_its_artifact_under_its_name()
    {
        using var folder = new TempFolder();
        var model = (AlsModel)new ImportedTrainer(new ImportedOptions(), Factors).Train(Log, Quiet);
        using (var to = new ArtifactWriter(folder.File("model.bin")))
        {
            TrainedModels.Save(model, to);
            to.Complete();
        }
        var again = (AlsModel)TrainedModels.Load(new ArtifactReader(folder.File("model.bin")));

        Assert.AreEqual("imported", again.Algorithm);
        CollectionAssert.AreEqual(model.Factors.Users.Values, again.Factors.Users.Values);
        CollectionAssert.AreEqual(model.Factors.Items.Values, again.Factors.Items.Values);
    }

    [TestMethod]
    public void What_would_train_it_again_is_told_that_it_cannot()
    {
        var thrown = Assert.ThrowsExactly<ConfigurationException>(() => TrainerCatalog.Create("imported", new TrainOptions()).Train(Log, Quiet));

        StringAssert.Contains(thrown.Message, "trained elsewhere");
    }

    [TestMethod]
    public void It_is_no_baseline_and_no_member_of_an_ensemble()
    {
        var check = new OptionsCheck("Train");
        new TrainOptions { Baselines = ["imported"] }.Validate(check);

        StringAssert.StartsWith(check.Faults.Single(), "Train:Baselines:0 is 'imported'");
        Assert.IsFalse(TrainerCatalog.MemberNames.Contains("imported"));
    }

    private static ImportedSide Side(float[][] rows, bool[] known)
    {
        var factors = new FactorMatrix(rows.Length, rows[0].Length);
        for (int r = 0; r < rows.Length; r++) rows[r].CopyTo(factors.Row(r));
        return new ImportedSide(factors, known, 0);
    }
}
