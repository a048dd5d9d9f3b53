using Recsys.Batch.Pipeline.Ingest.Reading;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class IdleOptionsTests
{
    private static PipelineOptions Night(EventColumns columns)
    {
        var night = new PipelineOptions();
        night.Ingest.Events.Add(new EventSourceOptions { Path = "log", Columns = columns });
        return night;
    }

    [TestMethod]
    public void Options_that_wait_for_a_column_or_a_switch_are_named_with_it()
    {
        var night = Night(new EventColumns { User = "u", Item = "i" });
        night.Ingest.HalfLifeDays = 30;
        night.Ingest.RatingThreshold = 3;
        night.Ingest.NewDays = 10;
        night.Ingest.KindWeights["view"] = 0.2;
        night.Ingest.KindWeights["purchase"] = 2;
        night.Ingest.KindWeights["return"] = 1;
        night.Diversify.MaxVariants = 3;
        night.Diversify.Lambda = 0.3;
        night.Diversify.Auto.MaxLoss = 0.1;
        night.Rank.Algorithm = "none";
        night.Rank.L2 = 1;
        night.Diversify.Explore.Share = 0.4;
        night.Publish.Schema = "shop";

        CollectionAssert.AreEqual(
            new[]
            {
                "Diversify:Auto:MaxLoss is set and changes nothing: Diversify:Method, Lambda or Explore says how lists are diversified",
                "Diversify:Explore:Share is set and changes nothing: Diversify:Explore:Enabled is false",
                "Diversify:MaxVariants is set and changes nothing: the item table has no column Parent; "
                + "by titles Diversify:MaxTitleVariants counts",
                "Ingest:HalfLifeDays is set and changes nothing: no log has a column Time",
                "Ingest:KindWeights:return is set and changes nothing: what was returned or hidden weighs nothing",
                "Ingest:KindWeights:view is set and changes nothing: no log has a column Kind, and none has the DefaultKind view",
                "Ingest:NewDays is set and changes nothing: no log has a column Time",
                "Ingest:RatingThreshold is set and changes nothing: no log has a column Value, so no row is rated",
                "Publish:Schema is set and changes nothing: Publish:Store is Sqlite",
                "Rank:L2 is set and changes nothing: Rank:Algorithm is none",
            },
            IdleOptions.Of(night).ToArray());
    }

    [TestMethod]
    public void Options_that_work_are_not_named()
    {
        Assert.IsEmpty(IdleOptions.Of(Night(new EventColumns { User = "u", Item = "i" })));
        var night = Night(new EventColumns { User = "u", Item = "i", Time = "t", Value = "v", Kind = "k" });
        night.Ingest.Items = new() { Path = "items", Columns = new() { Id = "id", Parent = "p", Added = "a" } };
        night.Ingest.HalfLifeDays = 30;
        night.Ingest.RatingThreshold = 3;
        night.Ingest.NewDays = 10;
        night.Ingest.KindWeights["view"] = 0.2;
        night.Diversify.MaxVariants = 3;
        night.Diversify.Explore.Enabled = true;
        night.Diversify.Explore.Share = 0.4;
        Assert.IsEmpty(IdleOptions.Of(night));
    }
}
