using Recsys.Batch.Pipeline.Diversify;
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
}
