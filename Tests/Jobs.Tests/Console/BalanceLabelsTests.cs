using Recsys.Batch.Jobs.Console.Charts;
using Recsys.Batch.Pipeline.Runs.Nightly;

namespace Recsys.Batch.Jobs.Tests.Console;

[TestClass]
internal sealed class BalanceLabelsTests
{
    /// <summary>Points so near to each other that a small window has no room for all their numbers.</summary>
    private static readonly BalanceMark[] Crowd =
        [.. Enumerable.Range(0, 24).Select(i => new BalanceMark(i, Point(i), 1 + i % 3, 12 + i * 3.5, 20 + i % 6 * 11, null, null))];

    private static SweepPoint Point(int i) => new("p", "mmr", i * 0.04, false, new Dictionary<string, SweepFigure>(), null);

    [TestMethod]
    public void Numbers_lie_over_no_other_number_and_the_ringed_one_is_there()
    {
        foreach (var widths in new[] { BalanceLabels.Narrow, BalanceLabels.Wide })
        {
            var labels = BalanceLabels.Of(Crowd, widths, m => "0.88", m => m.Index == 13);

            Assert.IsTrue(labels.ContainsKey(13));
            Assert.IsGreaterThan(3, labels.Count);
            foreach (double width in widths)
                foreach (var (a, b) in labels.Keys.SelectMany(a => labels.Keys.Where(b => b > a).Select(b => (a, b))))
                {
                    var (one, other) = (Box(a, labels[a], width), Box(b, labels[b], width));
                    Assert.IsFalse(
                        one.Left < other.Right && other.Left < one.Right && one.Top < other.Bottom && other.Top < one.Bottom, $"{a} over {b} at {width}");
                }
        }
        BalanceMark[] heap = [.. Crowd.Select(m => m with { X = 40 + m.Index * 0.5, Y = 50 })];
        Assert.IsLessThan(Crowd.Length, BalanceLabels.Of(heap, BalanceLabels.Narrow, _ => "0.88", _ => false).Count, "what has no room is left out");
        Assert.IsTrue(BalanceLabels.Of(heap, BalanceLabels.Narrow, _ => "0.88", m => m.Index == 13).ContainsKey(13), "but the ringed one");
    }

    private static (double Left, double Top, double Right, double Bottom) Box(int index, BalanceLabel label, double width)
    {
        const double length = 22, line = 11;
        var (x, y) = (Crowd[index].X / 100 * width + label.X, Crowd[index].Y / 100 * BalanceLabels.Height + label.Y);
        return label.EndsThere ? (x - length, y - line, x, y) : (x, y - line, x + length, y);
    }
}
