using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Feedback.Clicks;
using Recsys.Batch.Pipeline.Feedback.Estimates;
using Recsys.Batch.Pipeline.Feedback.Join;
using Recsys.Batch.Pipeline.Feedback.Learning;
using Recsys.Batch.Pipeline.Parquet;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Feedback;

/// <param name="Versions">Complete versions that are kept.</param>
/// <param name="InForce">Policy of the current version, from which a step is taken; null where its lists are not drawn.</param>
/// <param name="Before">Folder of the run before, which knows what was read and what was looked at; null for the first one.</param>
internal sealed record FeedbackInputs(IReadOnlyList<PublishedVersion> Versions, DiversityPolicy? InForce, string? Before = null)
{
    /// <summary>Whether a user, by id, asked to be forgotten: their rows say nothing; null: nobody did.</summary>
    public Func<ReadOnlySpan<byte>, bool>? IsForgotten { get; init; }
}

/// <param name="Next">Policy for the next night: the one in force where nothing moves; null where there is none.</param>
internal sealed record FeedbackResult(FeedbackReport Report, DiversityPolicy? Next, IReadOnlyList<ConstraintResult> Checks);

/// <summary>
/// Impressions and clicks to estimates of what each arm of the diversity policy is worth, and to the next night's policy. A step always starts from the policy
/// of the current version and needs lists that were drawn by it: however often feedback is run between two nights, one step is taken. What was looked at
/// before comes from the run before (<see cref="EvidenceHistory"/>).
/// </summary>
internal sealed class FeedbackStage(IParquetReader reader, IParquetWriter writer, FeedbackOptions options)
{
    private const string Gate = "feedback";

    /// <summary>Below this p-value the lists that were seen are not those that were drawn.</summary>
    private const double MinDrawP = 0.001;

    /// <param name="folder">Where the report and the rejected rows go.</param>
    public FeedbackResult Run(FeedbackInputs inputs, string folder, StageContext context)
    {
        var logs = new FeedbackReader(reader, options, inputs.Before, folder, context) { IsForgotten = inputs.IsForgotten };
        var rows = logs.Read();
        context.Progress.Metric("feedback.files_read", logs.FilesRead);
        var joined = new FeedbackJoin(reader, inputs.Versions, inputs.InForce, options, context).Run(rows);
        RejectedRows.Write(writer, Path.Combine(folder, FeedbackReport.RejectedFile), rows);
        var history = EvidenceHistory.Read(inputs.Before is { } before ? Path.Combine(before, EvidenceHistory.FileName) : null);
        var (learned, next, looked) = Learn(joined, inputs, history, context.Seed);
        looked.Save(Path.Combine(folder, EvidenceHistory.FileName));
        var report = WithRows(learned, rows.CountFates()) with
        {
            Clicks = ClickReport.Of(joined.Shown, options.MinClicks, context.Seed, context.Cancellation),
        };
        report.Save(Path.Combine(folder, FeedbackReport.FileName));
        Tell(report, context.Progress);
        return new FeedbackResult(report, next, Check(report));
    }

    private (FeedbackReport Report, DiversityPolicy? Next, EvidenceHistory Looked) Learn(
        JoinedImpressions joined, FeedbackInputs inputs, EvidenceHistory history, ulong seed)
    {
        var (lists, inForce) = (joined.Lists, inputs.InForce);
        var empty = new FeedbackReport(
            0, 0, [], joined.ListsByVersion, lists.Count, lists.Clusters, options.Reward.ToString(), inForce?.Id(), [], null, null, null, joined.DrawP, [],
            null, inForce?.Id(), "");
        if (inForce is null)
        {
            return (
                empty with
                {
                    Decision =
                        "nothing can be learned: the lists that are published were not drawn; set Diversify:Explore:Enabled=true, run a night, "
                        + "and let its lists be seen",
                },
                null, history);
        }
        var model = new RewardModel(lists, new UserFolds(lists.Clusters, options.Folds, seed));
        var estimator = new OffPolicyEstimator(lists, model, options.MinEffectiveUsers, options.MinClicks);
        var (next, steps, evidence) = Look(joined, inputs, history);
        bool moves = steps.Any(s => s.Moves);
        var report = empty with
        {
            Arms = [.. inForce.Arms.Select((lambda, a) => new ArmReport(
                lambda,
                estimator.Estimate(TargetPolicy.Always(
                    string.Create(CultureInfo.InvariantCulture, $"lambda {lambda:0.####} always"), a, inForce.Contexts, inForce.Arms.Count)),
                estimator.Naive(a), lists.Arm.Count(arm => arm == a)))],
            Published = estimator.Estimate(TargetPolicy.Logging),
            Current = estimator.Estimate(TargetPolicy.Of("policy in force", inForce)),
            Candidate = moves ? estimator.Estimate(TargetPolicy.Of("next policy", next)) : null,
            Steps = steps,
            Looks = new LookReport(evidence.Looks.Count, evidence.Lists, evidence.Spent, new SequentialLooks(options.FalseMoves, evidence).NextAt),
            Next = next.Id(),
            Decision = Decision(steps, Refusal(joined)),
        };
        return (report, next, history.With(inForce.Id(), evidence));
    }

    private (DiversityPolicy Next, IReadOnlyList<ContextStep> Steps, PolicyEvidence Evidence) Look(
        JoinedImpressions joined, FeedbackInputs inputs, EvidenceHistory history)
    {
        var inForce = inputs.InForce!;
        string id = inForce.Id();
        var drawn = inputs.Versions.Where(v => v.Policy?.Id() == id).Select(v => v.Version).ToHashSet(StringComparer.Ordinal);
        var evidence = SequentialLooks.Grown(history, inForce, joined.ListsByVersion.Where(v => drawn.Contains(v.Key)).ToDictionary(v => v.Key, v => v.Value));
        var learner = new PolicyLearner(
            joined.Lists, options.Bounds(inForce.Floor / (double)DiversityPolicy.Whole), options.MinEffectiveUsers, options.MinClicks,
            options.Bots.FullShare);
        var looks = new SequentialLooks(options.FalseMoves, evidence);
        if (Refusal(joined) is { } refusal)
        {
            var (same, refused) = learner.Step(inForce, refusal, looks.Level);
            return (same, refused, evidence);
        }
        if (!looks.IsDue)
        {
            var last = evidence.Looks[^1];
            var (held, kept) = learner.Hold(
                inForce, last,
                string.Create(
                    CultureInfo.InvariantCulture, $"no step at {last.Lists:N0} lists, the next look is at {looks.NextAt:N0} ({evidence.Lists:N0} now)"));
            return (held, kept, evidence);
        }
        var (next, steps) = learner.Step(inForce, null, looks.Level);
        if (!steps.Any(s => s.Looked)) return (next, steps, evidence);
        return (next, steps, looks.With(steps.Any(s => s.Moves) ? next.Shares : null));
    }

    /// <summary>Why no context may move, whatever the estimates say.</summary>
    private string? Refusal(JoinedImpressions joined)
    {
        var lists = joined.Lists;
        if (joined.DrawP < MinDrawP) return "lists were not seen as they were drawn";
        int fresh = Enumerable.Range(0, lists.Count).Where(i => lists.InForce[i]).Select(i => lists.Users[i]).Distinct().Count();
        return fresh >= options.MinEffectiveUsers ? null
            : string.Create(CultureInfo.InvariantCulture, $"too few: {fresh} users saw lists of the policy in force, expected {options.MinEffectiveUsers}");
    }

    private static string Decision(IReadOnlyList<ContextStep> steps, string? refusal)
    {
        int moving = steps.Count(s => s.Moves);
        if (moving > 0) return $"the policy moves in {moving} of {steps.Count} contexts with the next night";
        return refusal is null ? "the policy stays as it is" : $"the policy stays as it is: {refusal}";
    }

    private static FeedbackReport WithRows(FeedbackReport report, long[] statuses) => report with
    {
        Rows = statuses.Sum(),
        Joined = statuses[(int)FeedbackStatus.Joined],
        Rejected = new SortedDictionary<string, long>(
            Enumerable.Range(1, statuses.Length - 1).Where(f => statuses[f] > 0).ToDictionary(f => ((FeedbackStatus)f).Name(), f => statuses[f]),
            StringComparer.Ordinal),
    };

    private static void Tell(FeedbackReport report, IStageProgress progress)
    {
        progress.Metric("feedback.rows", report.Rows);
        progress.Metric("feedback.joined", report.Joined);
        progress.Metric("feedback.lists", report.Lists);
        progress.Metric("feedback.users", report.Users);
        progress.Metric("feedback.moved", report.Steps.Count(s => s.Moves));
        progress.Metric("feedback.looks", report.Looks?.Number ?? 0);
        progress.Metric("feedback.level_spent", report.Looks?.Spent ?? 0);
        foreach (var (name, estimate) in report.Arms.Select(a => (a.Lambda.ToString("0.####", CultureInfo.InvariantCulture), a.Estimate))
            .Append(("published", report.Published!)).Append(("current", report.Current!)).Append(("next", report.Candidate!)).Where(e => e.Item2 is not null))
        {
            progress.Metric($"feedback.{name}.dr", estimate.DoublyRobust.Value);
            progress.Metric($"feedback.{name}.effective_users", estimate.EffectiveUsers);
            progress.Metric($"feedback.{name}.effective_clicks", estimate.EffectiveClicks);
        }
        progress.Note(report.Decision);
        if (report.Clicks is { } clicks) ClickMetrics.Tell(clicks, progress);
    }

    private IReadOnlyList<ConstraintResult> Check(FeedbackReport report)
    {
        double rejected = report.Rows == 0 ? double.NaN : report.Rejected.Values.Sum() / (double)report.Rows;
        string reasons = string.Join(", ", report.Rejected.OrderByDescending(r => r.Value).Take(3).Select(r => $"{r.Key} {r.Value}"));
        string most = options.WarnRejectedShare.ToString(CultureInfo.InvariantCulture);
        return
        [
            new(
                Gate, "feedback.rejected_share", rejected <= options.WarnRejectedShare ? ConstraintLevel.Pass : ConstraintLevel.Warn, rejected,
                $"at most {most}", reasons.Length == 0 ? "every row belongs to a published list" : $"most often: {reasons}"),
            new(
                Gate, "feedback.draw_p", report.DrawP >= MinDrawP ? ConstraintLevel.Pass : ConstraintLevel.Warn, report.DrawP,
                $"at least {MinDrawP.ToString(CultureInfo.InvariantCulture)}",
                "whether lists were seen with the probabilities with which they were drawn; where not, being seen or logged depends on the arm"),
            new(
                Gate, "feedback.effective_users",
                report.Arms.Count > 0 && report.Arms.All(a => a.Estimate.IsConclusive) ? ConstraintLevel.Pass : ConstraintLevel.Warn,
                report.Arms.Count == 0 ? 0 : report.Arms.Min(a => a.Estimate.EffectiveUsers),
                $"at least {options.MinEffectiveUsers.ToString(CultureInfo.InvariantCulture)} of every arm", report.Decision),
        ];
    }
}
