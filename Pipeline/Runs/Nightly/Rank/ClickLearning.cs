using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Rank;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Runs.Nightly.Rank;

/// <summary>
/// Learns a ranker from what users were shown in the window, and measures it by what they bought there: users of one half by what the other half taught, and on
/// purchases of the later part of the window by what was shown and clicked before it. By the latter <c>auto</c> decides whether it serves.
/// </summary>
/// <param name="bought">users x items: the window's pairs that are new to their users.</param>
internal sealed class ClickLearning(
    HoldOut window, SparseRows bought, CandidateRows rows, PurchaseTeaching byPurchases, ClickLog log, RankOptions options, StageContext context)
{
    /// <param name="users">Who bought something new in the window; aligned with <paramref name="examples"/>.</param>
    /// <param name="model">Where the ranker is written, as ML.NET saves it, if it serves.</param>
    public RankReport Run(int[] users, RankExample[] examples, string model)
    {
        var places = users.Select((user, at) => (user, at)).ToDictionary(u => u.user, u => u.at);
        var clicks = new ClickTeaching(
            log, rows, user => places.TryGetValue(user, out int at) ? at % 2 : null,
            user => user < window.Train.Users && window.Train.ByUser.RowLength(user) > 0, options.MaxUsers, options.L2, context);
        if (clicks.Impressions == 0) return RankReport.Of(Nothing(clicks));
        using var saved = new MemoryStream();
        if (CrossFit(clicks, examples) is not { } fitted || clicks.Teach(null, model: saved) is not { } all)
            return RankReport.Of($"Rank:Learn is Clicks, and {clicks.Refusal}{Left(clicks)}");
        var measure = new RankMeasure(users, examples, bought, options.Cutoff, context);
        var trial = measure.Of(LogisticTraining.Name, fitted.Scores, areChances: false);
        var later = LaterPart.Of(window, bought) is { } part
            ? part.Measure(
                users, examples, LogisticTraining.Name, (_, asked) => CrossFit(clicks, asked, part.From)?.Scores, options.Cutoff, context)
            : null;
        bool isStated = options.Algorithm != RankOptions.Auto, serves = isStated || later is { Change.Low: > 0 };
        if (serves) File.WriteAllBytes(model, saved.ToArray());
        return new RankReport(
            serves ? LogisticTraining.Name : RankOptions.None, Why(isStated, later, clicks), users.Length, options.Candidates, options.Cutoff,
            measure.Plain, trial, examples.Sum(e => e.Labels.Count(l => l)), FeatureEffects.Of(all.Ranker, examples),
            serves ? all.Ranker as LinearRanker : null, null)
        {
            Later = later,
            Clicks = Trial(clicks, all, fitted.Taught, measure, examples, fitted.Scores),
        };
    }

    /// <summary>
    /// Scores of every second user by a ranker that clicks of the others taught, and the other way round; null where too few of them say anything.
    /// </summary>
    /// <param name="until">In seconds since 1970: what was shown or clicked from then on is not known.</param>
    private static (float[][] Scores, ClickTaught[] Taught)? CrossFit(ClickTeaching clicks, RankExample[] asked, uint until = uint.MaxValue)
    {
        var (scores, taught) = (new float[asked.Length][], new ClickTaught[2]);
        for (int half = 0; half < 2; half++)
        {
            if (clicks.Teach(half, until) is not { } by) return null;
            taught[half] = by;
            PurchaseTeaching.Score(by.Ranker, asked, 1 - half, scores);
        }
        return (scores, taught);
    }

    private ClickTrial Trial(
        ClickTeaching clicks, ClickTaught all, ClickTaught[] halves, RankMeasure measure, RankExample[] examples, float[][] scores)
    {
        float[][] purchases = byPurchases.CrossFit(examples, examples);
        var left = new SortedDictionary<string, long>(log.Impressions.LeftOut, StringComparer.Ordinal);
        if (clicks.Newcomers > 0) left["user_without_history"] = clicks.Newcomers;
        if (clicks.NoCandidates > 0) left["no_candidate"] = clicks.NoCandidates;
        var decay = all.Examination.Decay;
        return new ClickTrial(
            clicks.Users, clicks.Impressions, clicks.Clicks, left, new Interval(decay.Value, decay.Low, decay.High), ClickModel.MaxWeight,
            all.Clipped / (double)clicks.Clicks, clicks.Held(halves), measure.Of(LogisticTraining.Name, purchases), measure.Change(scores, purchases));
    }

    private string Nothing(ClickTeaching clicks)
    {
        return $"Rank:Learn is Clicks, and none of the {log.Impressions.All.Count} impressions that the feedback logs have within the validation window "
            + $"({ValidationWindow.Named(window)}) is of a candidate of the model{Left(clicks)}; expected logs that reach back to it, with places and times";
    }

    /// <summary>What was left out, as the end of a sentence that says why nothing was learned.</summary>
    private string Left(ClickTeaching clicks)
    {
        string left = string.Join(", ", log.Impressions.LeftOut.OrderByDescending(l => l.Value).Select(l => $"{l.Key} {l.Value}"));
        return $"{(clicks.NoCandidates == 0 ? "" : $"; no_candidate {clicks.NoCandidates}")}{(left.Length == 0 ? "" : $"; rows left out: {left}")}";
    }

    private static string Why(bool isStated, LaterTrial? later, ClickTeaching clicks) =>
        isStated ? "as configured"
        : later is null ? clicks.Refusal is { } refusal ? $"nothing says whether its order is ahead of the model's in the later part of the window: {refusal}"
            : "nothing says whether its order is ahead of the model's in the later part of the window: too few candidates were bought in one of its parts"
        : $"its order is {(later.Change.Low > 0 ? "" : "not ")}surely ahead of the model's on later purchases of users that it did not learn from";
}
