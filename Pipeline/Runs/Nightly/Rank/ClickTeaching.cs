using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>A ranker that clicks taught, with what it takes to say how likely a click is.</summary>
/// <param name="Ranker">
/// Its scores are log-odds of a click by who looks, as far as clicks are rare: what is not clicked counts for 1 wherever it stood, so that of what nearly
/// everybody clicks the first places look somewhat better than they are.
/// </param>
/// <param name="Examination">By which clicks were weighted.</param>
/// <param name="Chances">Chance of a click by who looks, by score.</param>
/// <param name="Clipped">Clicks that would have counted for more than <see cref="ClickModel.MaxWeight"/>.</param>
internal sealed record ClickTaught(IRanker Ranker, ExaminationFit Examination, IsotonicRegression Chances, int Clipped);

/// <summary>
/// Learns from what users were shown in the window which of it they want: a click counts for one over how likely its place is looked at (inverse propensity,
/// Joachims, Swaminathan and Schnabel 2017), at most for <see cref="ClickModel.MaxWeight"/>; what was not clicked counts for 1. Features are those of
/// candidates, by a model and statistics from before the window. How places are looked at is learned from the same users' clicks.
/// </summary>
internal sealed class ClickTeaching
{
    /// <summary>Impressions that are learned from at most: of more, some of the users are taken.</summary>
    private const int MaxRows = 1_000_000;

    private const int MinClicks = 10;

    private readonly WindowImpression[] _shown;
    private readonly int[] _rowOf;
    private readonly float[] _rows;
    private readonly int[] _halves;
    private readonly ClickLog _log;
    private readonly CandidateRows _candidates;
    private readonly double _l2;
    private readonly StageContext _context;

    /// <param name="halfOf">
    /// 0 or 1 for a user who is measured, by what the other half taught; null for the others, of whom every second one is in each.
    /// </param>
    /// <param name="maxUsers">Who is learned from at most, evenly spaced.</param>
    /// <param name="isKnown">Whether a user has something from before the window.</param>
    public ClickTeaching(ClickLog log, CandidateRows candidates, Func<int, int?> halfOf, Predicate<int> isKnown, int maxUsers, double l2, StageContext context)
    {
        (_log, _candidates, _l2, _context) = (log, candidates, l2, context);
        var byUser = log.Impressions.All.Where(i => isKnown(i.User)).GroupBy(i => i.User).OrderBy(g => g.Key).Select(g => g.ToArray()).ToArray();
        long all = byUser.Sum(u => (long)u.Length);
        int most = (int)Math.Min(maxUsers, all <= MaxRows ? byUser.Length : Math.Max(1, byUser.Length * (long)MaxRows / all));
        if (byUser.Length > most) byUser = [.. Enumerable.Range(0, most).Select(i => byUser[(long)i * byUser.Length / most])];
        Users = byUser.Length;
        Newcomers = log.Impressions.All.Count - all;
        _shown = [.. byUser.SelectMany(u => u)];
        // By place among those who are learned from: by number, spaced users could all be of one half.
        _halves = [.. byUser.SelectMany((u, at) => Enumerable.Repeat(halfOf(u[0].User) ?? at % 2, u.Length))];
        _rowOf = new int[_shown.Length];
        _rows = Rows(byUser);
    }

    /// <summary>Who was learned from.</summary>
    public int Users { get; }

    /// <summary>Impressions of users without anything from before the window.</summary>
    public long Newcomers { get; }

    /// <summary>Impressions of items that were not among the user's candidates.</summary>
    public long NoCandidates => _rowOf.LongCount(r => r < 0);

    public long Impressions => _rowOf.LongCount(r => r >= 0);

    public long Clicks => Enumerable.Range(0, _shown.Length).LongCount(k => _rowOf[k] >= 0 && _shown[k].Clicked != uint.MaxValue);

    /// <summary>Why there was no ranker; null where there were all that were asked for.</summary>
    public string? Refusal { get; private set; }

    /// <param name="half">Whose clicks are learned from; null: everybody's.</param>
    /// <param name="until">In seconds since 1970: what was shown or clicked from then on is not known.</param>
    /// <param name="model">The ranker as ML.NET saves it.</param>
    /// <returns>Null where too little is known (<see cref="Refusal"/>).</returns>
    public ClickTaught? Teach(int? half, uint until = uint.MaxValue, Stream? model = null)
    {
        _context.Cancellation.ThrowIfCancellationRequested();
        int[] of = [.. Enumerable.Range(0, _shown.Length).Where(k => _shown[k].Shown < until && (half is null || _halves[k] == half))];
        string whose = half is null ? "of all users" : "of half of the users";
        var examination = _log.Examination(_shown, of, until);
        if (examination.Curve is not { } curve)
        {
            Refusal = $"how places are looked at is learned from impressions {whose}, and there {examination.Refusal}";
            return null;
        }
        of = [.. of.Where(k => _rowOf[k] >= 0)];
        bool[] clicked = Array.ConvertAll(of, k => _shown[k].Clicked < until);
        int clicks = clicked.Count(c => c);
        if (clicks < MinClicks || clicks == of.Length)
        {
            Refusal = $"{clicks} of {of.Length} candidates that were shown to users, {whose}, were clicked, too few to learn from; expected at least "
                + $"{MinClicks}, and some that were not";
            return null;
        }
        int width = _candidates.Width;
        var rows = new float[of.Length * width];
        for (int k = 0; k < of.Length; k++) _rows.AsSpan(_rowOf[of[k]] * width, width).CopyTo(rows.AsSpan(k * width));
        var ranges = FeatureRange.Of(_candidates.Names, rows);
        FeatureRange.Apply(ranges, rows);
        double[] looks = Array.ConvertAll(of, k => curve.At(_shown[k].Rank));
        float[] weights = [.. clicked.Zip(looks, (click, look) => click ? (float)Math.Min(ClickModel.MaxWeight, 1 / look) : 1)];
        var ranker = LogisticTraining.Train(ranges, rows, clicked, _l2, (int)(_context.Seed & int.MaxValue), model, weights);
        var scores = new float[of.Length];
        ranker.Score(rows, scores);
        return new ClickTaught(
            ranker, examination, IsotonicRegression.Of(scores, clicked, looks), clicked.Zip(looks).Count(c => c.First && 1 / c.Second > ClickModel.MaxWeight));
    }

    /// <summary>How right chances of clicks are on users whom neither ranker nor examination know.</summary>
    /// <param name="taught">By half of the users that was learned from.</param>
    public HeldOutClicks Held(ClickTaught[] taught)
    {
        int[] of = [.. Enumerable.Range(0, _shown.Length).Where(k => _rowOf[k] >= 0)];
        var (chances, places, row, score) = (new double[of.Length], new double[of.Length], new float[_candidates.Width], new float[1]);
        double[] levels = [.. Enumerable.Range(0, 2).Select(half => Level(half, taught[half].Examination.Curve!))];
        for (int k = 0; k < of.Length; k++)
        {
            int half = 1 - _halves[of[k]];
            double look = taught[half].Examination.Curve!.At(_shown[of[k]].Rank);
            _rows.AsSpan(_rowOf[of[k]] * row.Length, row.Length).CopyTo(row);
            FeatureRange.Apply(taught[half].Ranker.Ranges, row);
            taught[half].Ranker.Score(row, score);
            chances[k] = Math.Clamp(look * taught[half].Chances.At(score[0]), 1e-9, 1 - 1e-9);
            places[k] = Math.Clamp(look * levels[half], 1e-9, 1 - 1e-9);
        }
        return new HeldOutClicks(
            AreaUnderCurve.Of<double>(chances, IsClicked), AreaUnderCurve.Of<double>(places, IsClicked), ClickMeasures.LogLoss(chances, IsClicked),
            ClickMeasures.LogLoss(places, IsClicked), chances.Sum());

        bool IsClicked(int k) => _shown[of[k]].Clicked != uint.MaxValue;
    }

    /// <summary>Clicks by what was looked at.</summary>
    private double Level(int half, ExaminationCurve curve)
    {
        double clicks = 0, looks = 0;
        for (int k = 0; k < _shown.Length; k++)
        {
            if (_rowOf[k] < 0 || _halves[k] != half) continue;
            looks += curve.At(_shown[k].Rank);
            if (_shown[k].Clicked != uint.MaxValue) clicks++;
        }
        return clicks / looks;
    }

    /// <summary>Features of what was shown and is among the user's candidates; sets which row is whose, -1 for the others.</summary>
    private float[] Rows(WindowImpression[][] byUser)
    {
        var (places, found) = (new int[byUser.Length][], new float[byUser.Length][]);
        int width = _candidates.Width;
        _candidates.Each([.. byUser.Select(u => u[0].User)], (at, items, rows) =>
        {
            places[at] = Array.ConvertAll(byUser[at], i => Array.IndexOf(items, i.Item));
            found[at] = [.. places[at].Where(p => p >= 0).SelectMany(p => rows[(p * width)..((p + 1) * width)])];
        });
        int next = 0, k = 0;
        foreach (int place in places.SelectMany(p => p)) _rowOf[k++] = place < 0 ? -1 : next++;
        return [.. found.SelectMany(r => r)];
    }
}
