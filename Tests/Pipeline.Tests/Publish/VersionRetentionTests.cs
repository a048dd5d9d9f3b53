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
    public void What_feedback_may_join_stays_by_when_it_ceased_to_be_current()
    {
        static DateTimeOffset Hour(int hour) => new(2026, 1, 9, hour, 0, 0, TimeSpan.Zero);
        VersionRecord[] newestFirst =
        [
            Delta("d6", VersionState.Current) with { Created = Hour(9) }, Delta("d5") with { Created = Hour(8), RolledBack = true },
            Delta("d4") with { Created = Hour(7) }, Night("r", VersionState.Rejected) with { Created = Hour(6) },
            Delta("d3") with { Created = Hour(5) }, Delta("d2") with { Created = Hour(4) }, Night("n1") with { Created = Hour(3) },
        ];
        string Gone(int since) => string.Join(' ', VersionRetention.Over(newestFirst, 1, (_, ended) => ended > Hour(since)).Select(v => v.Version));

        // d4 was current again from the moment of the rollback until d6 came; a rejected version never was.
        Assert.AreEqual("d2", Gone(5));
        Assert.AreEqual("d3 d2", Gone(8));
        Assert.AreEqual("d5 d4 d3 d2", Gone(9));
    }

    [TestMethod]
    public void The_current_version_stays_however_old_and_whatever_it_is()
    {
        Assert.AreEqual("n1", Gone(1, Night("n2"), Delta("d1", VersionState.Current), Night("n1")));
        Assert.AreEqual("", Gone(1, Night("n2"), Night("n1", VersionState.Current)));
    }
}
