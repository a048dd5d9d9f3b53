using Recsys.Batch.Pipeline.Publish;

namespace Recsys.Batch.Pipeline.Tests.Publish;

[TestClass]
internal sealed class VersionRetentionTests
{
    private static VersionRecord Night(string name, VersionState state = VersionState.Retired) => SampleLists.Version(name) with { State = state };

    private static VersionRecord Delta(string name, VersionState state = VersionState.Retired) => Night(name, state) with { Base = "n" };

    private static string Gone(int keep, params VersionRecord[] newestFirst) =>
        string.Join(' ', VersionRetention.Over(newestFirst, keep).Select(v => v.Version));

    [TestMethod]
    public void Nights_beyond_the_number_go_and_a_rejected_version_with_its_age() =>
        Assert.AreEqual("r n1", Gone(2, Night("n3", VersionState.Current), Night("n2"), Night("r", VersionState.Rejected), Night("n1")));

    [TestMethod]
    public void Deltas_push_no_night_out_and_those_before_the_newest_night_are_gone() =>
        Assert.AreEqual("d3 d1 n1", Gone(2, Delta("d5", VersionState.Current), Delta("d4"), Delta("d3"), Night("n3"), Delta("d1"), Night("n2"), Night("n1")));

    [TestMethod]
    public void The_current_version_stays_however_old_and_whatever_it_is()
    {
        Assert.AreEqual("n1", Gone(1, Night("n2"), Delta("d1", VersionState.Current), Night("n1")));
        Assert.AreEqual("", Gone(1, Night("n2"), Night("n1", VersionState.Current)));
    }
}
