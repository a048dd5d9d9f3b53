using System.Globalization;

namespace Recsys.Batch.Pipeline.Feedback.Clicks;

/// <summary>
/// What a version knew of an entry when it was published, and how often users of the half that is learned from click its item: all that a chance of a click
/// goes by. The place is not among it, since examination answers for that.
/// </summary>
internal sealed class ClickFeatures
{
    /// <summary>Clicks that the mean of all items counts for beside an item's own.</summary>
    private const double PriorClicks = 5;

    private const int Fixed = 3;

    private readonly ShownItems _shown;
    private readonly UserParts _users;
    private readonly double[][] _clicks;
    private readonly double[][] _looks;

    /// <param name="half">Users that are learned from.</param>
    public ClickFeatures(ShownItems shown, UserParts users, int half, ExaminationCurve curve)
    {
        (_shown, _users) = (shown, users);
        int items = 0;
        for (int at = 0; at < shown.Count; at++) items = Math.Max(items, shown[at].Item + 1);
        _clicks = [.. Enumerable.Range(0, UserParts.Parts + 1).Select(_ => new double[items + 1])];
        _looks = [.. Enumerable.Range(0, UserParts.Parts + 1).Select(_ => new double[items + 1])];
        for (int at = 0; at < shown.Count; at++)
        {
            ref readonly var item = ref shown[at];
            int user = shown.UserOf(at);
            if (users.HalfOf(user) != half) continue;
            double look = curve.At(item.Rank), click = item.IsClicked ? 1 : 0;
            foreach (int part in (ReadOnlySpan<int>)[users.PartOf(user), UserParts.Parts])
            {
                foreach (int of in (ReadOnlySpan<int>)[item.Item, items])
                {
                    _clicks[part][of] += click;
                    _looks[part][of] += look;
                }
            }
        }
        Names =
        [
            "relevance", "spread over lists", "clicks of the item",
            .. Enumerable.Range(1, shown.Lists.Contexts * shown.Lists.Arms - 1).Select(cell => string.Create(
                CultureInfo.InvariantCulture, $"context {cell / shown.Lists.Arms + 1}, arm {cell % shown.Lists.Arms + 1}")),
        ];
    }

    public string[] Names { get; }

    public int Width => Names.Length;

    /// <param name="learned">Whether the entry's user is one that is learned from: the item's clicks are then those of other parts of the half.</param>
    public void Fill(int at, bool learned, Span<float> row)
    {
        ref readonly var item = ref _shown[at];
        row.Clear();
        row[0] = item.Relevance;
        row[1] = (float)Math.Log(Math.Max(1e-6, item.Spread));
        row[2] = (float)Rate(item.Item, learned ? _users.PartOf(_shown.UserOf(at)) : -1);
        int cell = _shown.CellOf(at);
        if (cell > 0) row[Fixed + cell - 1] = 1;
    }

    /// <summary>ln of an item's clicks by looks, beside that of all items.</summary>
    private double Rate(int item, int without)
    {
        double[] clicks = _clicks[UserParts.Parts], looks = _looks[UserParts.Parts];
        double all = clicks[^1], allLooks = looks[^1], own = clicks[item], ownLooks = looks[item];
        if (without >= 0)
        {
            (all, allLooks) = (all - _clicks[without][^1], allLooks - _looks[without][^1]);
            (own, ownLooks) = (own - _clicks[without][item], ownLooks - _looks[without][item]);
        }
        if (!(all > 0)) return 0;
        double mean = all / allLooks;
        return Math.Log((own + PriorClicks) / (ownLooks + PriorClicks / mean) / mean);
    }
}
