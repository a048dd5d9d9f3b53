using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.Tests.Errors;

[TestClass]
internal sealed class NearestNameTests
{
    [TestMethod]
    [DataRow("", "", 0)]
    [DataRow("abc", "", 3)]
    [DataRow("kitten", "sitting", 3)]
    [DataRow("ca", "ac", 1)]
    [DataRow("factros", "factors", 1)]
    public void Distance_counts_inserts_removals_changes_and_swaps(string a, string b, int expected)
    {
        Assert.AreEqual(expected, NearestName.Distance(a, b));
        Assert.AreEqual(expected, NearestName.Distance(b, a));
    }

    [TestMethod]
    [DataRow("Factros", "Factors")]
    [DataRow("lamda", "Lambda")]
    [DataRow("HalfLife", "HalfLifeDays")]
    [DataRow("Zebra", null)]
    public void The_nearest_is_found_only_where_it_is_near(string name, string? expected) =>
        Assert.AreEqual(expected, NearestName.Of(name, ["Factors", "Lambda", "HalfLifeDays"]));
}
