using Recsys.Batch.Pipeline.Diversify;
using Recsys.Batch.Pipeline.Embed.Tuning;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Pipeline.Tests.Runs.Nightly;

[TestClass]
internal sealed class NightOptionsTests
{
    [TestMethod]
    public void Options_with_another_Diversify_keep_every_other_section()
    {
        var night = new PipelineOptions();
        var diversify = new DiversifyOptions();

        var other = night.With(diversify).Sections();

        foreach (var (name, section) in night.Sections()) Assert.AreSame(name == nameof(PipelineOptions.Diversify) ? diversify : section, other[name], name);
        Assert.AreNotSame(diversify, night.Diversify);
    }

    [TestMethod]
    public void Tuned_texts_are_refused_where_noise_is_promised()
    {
        var night = SmallNight.Options("log", "out");
        night.Privacy.Epsilon = 1;
        night.Embed.Tuning.Use = TuningUse.Auto;
        StringAssert.Contains(Fault(night), "Embed:Tuning:Use is Auto; expected Off where Privacy:Epsilon is set");
    }

    [TestMethod]
    public void A_trainer_of_ratings_is_refused_wherever_it_is_named_without_them()
    {
        var night = SmallNight.Options("log", "out");
        night.Train.Algorithm = "ensemble";
        night.Train.Ensemble.Members["stars"] = new() { Algorithm = "als-ratings" };
        night.Train.Auto.Algorithms = ["popularity", "als-ratings"];
        night.Tune.Algorithms.Add("als-ratings");
        string fault = Fault(night);
        foreach (string key in (string[])["Train:Ensemble:Members:stars:Algorithm", "Train:Auto:Algorithms:1", "Tune:Algorithms:0"])
            StringAssert.Contains(fault, $"{key} is 'als-ratings', which fits ratings");
    }

    [TestMethod]
    public void Margin_needs_a_column_of_margins()
    {
        var night = SmallNight.Options("log", "out");
        night.Rank.Objective = RankObjective.Margin;
        StringAssert.Contains(Fault(night), "Ingest:Items:Columns:Margin is empty");
        night.Ingest.Items = new() { Path = "items.parquet", Columns = new() { Id = "id", Margin = "margin" } };
        Assert.IsFalse(Fault(night).Contains("Columns:Margin", StringComparison.Ordinal));
    }

    [TestMethod]
    public void A_segment_is_a_column_of_the_user_table()
    {
        var night = SmallNight.Options("log", "out");
        night.Train.Popularity.Segment = "contry";
        StringAssert.Contains(Fault(night), "expected a column of the user table (Ingest:Users, which is not configured)");
        night.Ingest.Users = new() { Path = "users.parquet", Segment = "country", Attributes = ["age"] };
        StringAssert.Contains(
            Fault(night), "Train:Popularity:Segment is 'contry'; expected a column of the user table (Ingest:Users:Segment and Attributes): country, age");
        night.Train.Popularity.Segment = "Country";
        Assert.IsFalse(Fault(night).Contains("Popularity:Segment", StringComparison.Ordinal));
    }

    /// <summary>The message of what cannot be; empty where all is well.</summary>
    private static string Fault(PipelineOptions night)
    {
        try
        {
            night.Validate();
            return "";
        }
        catch (ConfigurationException e)
        {
            return e.Message;
        }
    }
}
