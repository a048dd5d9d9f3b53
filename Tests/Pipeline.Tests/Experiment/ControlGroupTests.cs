using System.Globalization;
using System.Text;
using Recsys.Batch.Pipeline.Experiment;

namespace Recsys.Batch.Pipeline.Tests.Experiment;

/// <summary>Who is in the control group.</summary>
[TestClass]
internal sealed class ControlGroupTests
{
    private const int Users = 20_000;

    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [TestMethod]
    [DataRow(0)]
    [DataRow(0.05)]
    [DataRow(0.5)]
    public void As_many_are_drawn_as_the_share_says(double share)
    {
        double error = 4 * Math.Sqrt(share * (1 - share) / Users);
        Assert.AreEqual(share, Drawn(new ControlGroup(Key, "1", share)).Length / (double)Users, error);
    }

    [TestMethod]
    public void The_draw_stays_and_a_greater_share_keeps_who_was_in_it()
    {
        int[] few = Drawn(new ControlGroup(Key, "1", 0.1)), more = Drawn(new ControlGroup(Key, "1", 0.3));

        CollectionAssert.AreEqual(few, Drawn(new ControlGroup(Key, "1", 0.1)));
        Assert.IsEmpty(few.Except(more));
        Assert.AreEqual(new ControlGroup(Key, "1", 0.1).Mark, new ControlGroup(Key, "1", 0.3).Mark);
    }

    [TestMethod]
    public void Another_name_or_key_draws_independently_of_it()
    {
        int[] first = Drawn(new ControlGroup(Key, "1", 0.2));
        byte[] otherKey = [.. Key];
        otherKey[31] ^= 1;
        foreach (var other in (ControlGroup[])[new(Key, "2", 0.2), new(otherKey, "1", 0.2)])
        {
            int[] drawn = Drawn(other);
            // Of two independent draws a fifth of the one is in the other.
            double both = first.Intersect(drawn).Count() / (double)first.Length;
            Assert.AreEqual(0.2, both, 4 * Math.Sqrt(0.2 * 0.8 / first.Length));
            Assert.AreNotEqual(new ControlGroup(Key, "1", 0.2).Mark, other.Mark);
        }
    }

    private static int[] Drawn(ControlGroup group) =>
        [.. Enumerable.Range(0, Users).Where(u => group.Contains(Encoding.UTF8.GetBytes(u.ToString(CultureInfo.InvariantCulture))))];
}
