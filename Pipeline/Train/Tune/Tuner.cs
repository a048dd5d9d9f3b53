using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Tune;

/// <summary>One training of one candidate.</summary>
/// <param name="Candidate">Number of the candidate; 0 is the configuration as it stood.</param>
/// <param name="Share">Share of the users it was trained on.</param>
/// <param name="Settings">Values by key under <c>Train</c>; empty for candidate 0.</param>
/// <param name="Score">The higher the better; NaN where training failed.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
internal sealed record TuneTrial(int Candidate, double Share, IReadOnlyDictionary<string, string> Settings, double Score, string? Failure);

/// <param name="Trials">In the order they ran.</param>
/// <param name="Best">The best trial on the largest share that was reached; null where all failed.</param>
/// <param name="Complete">False where the time limit cut the search short: its outcome then depends on the machine.</param>
internal sealed record TuneReport(IReadOnlyList<TuneTrial> Trials, TuneTrial? Best, bool Complete)
{
    /// <summary>The best settings as <c>--set</c> takes them.</summary>
    public IEnumerable<string> BestAssignments => Best is null ? [] : Best.Settings.Select(s => $"Train:{s.Key}={s.Value}");
}

/// <summary>
/// Searches options for the best score on a hold-out. The number of trials bounds the work; time can only end it earlier, and then it says so.
/// </summary>
internal sealed class Tuner(TuneOptions options, TrainOptions train)
{
    private const int Halving = 3;

    /// <param name="interactions">What candidates learn from: the hold-out's training part.</param>
    /// <param name="score">
    /// Scores a model on the hold-out, the higher the better (NDCG@K). All users' histories are folded in, also where a candidate learned from a share.
    /// </param>
    /// <param name="content">What is known of the items beside who has them; null where nothing is.</param>
    public TuneReport Run(InteractionMatrix interactions, Func<ITrainedModel, double> score, StageContext context, ItemContent? content = null)
    {
        var candidates = new List<(int Number, IReadOnlyDictionary<string, string> Settings)>(
            Candidates.Of(options, train, context.Seed).Select((settings, number) => (number, settings)));
        // A key that names nothing must stop the search at once, not fail every trial.
        foreach (var (_, settings) in candidates) OptionPath.With(train, settings);

        var trials = new List<TuneTrial>();
        long start = context.Time.GetTimestamp();
        double share = candidates.Count == 1 ? 1 : options.FirstShare;
        while (true)
        {
            var part = share < 1 ? UserShare.Of(interactions, share, context.Seed) : interactions;
            var round = new List<TuneTrial>();
            foreach (var (number, settings) in candidates)
            {
                if (options.Minutes > 0 && context.Time.GetElapsedTime(start).TotalMinutes >= options.Minutes)
                {
                    context.Progress.Note(string.Create(
                        CultureInfo.InvariantCulture,
                        $"tune: stopped at the limit of {options.Minutes} minutes after {trials.Count} trainings; another run may stop elsewhere"));
                    return new TuneReport(trials, BestOf(trials), false);
                }
                round.Add(Try(number, settings, share, part, content, score, context));
                trials.Add(round[^1]);
                context.Progress.Step("tune", trials.Count, 0, "trainings");
            }
            if (share >= 1) return new TuneReport(trials, BestOf(trials), true);
            var kept = Ranked(round).Take((round.Count + Halving - 1) / Halving).Select(t => t.Candidate).ToHashSet();
            candidates = [.. candidates.Where(c => kept.Contains(c.Number))];
            share = candidates.Count <= 1 ? 1 : Math.Min(1, share * Halving);
        }
    }

    private TuneTrial Try(
        int number, IReadOnlyDictionary<string, string> settings, double share, InteractionMatrix part, ItemContent? content, Func<ITrainedModel, double> score,
        StageContext context)
    {
        var changed = OptionPath.With(train, settings);
        var check = new OptionsCheck("Train");
        changed.Validate(check);
        if (check.Faults.Count > 0) return new TuneTrial(number, share, settings, double.NaN, string.Join("; ", check.Faults));
        try
        {
            var model = TrainerCatalog.Serving(changed).Train(part, content, context);
            double found = score(model);
            (model as IDisposable)?.Dispose();
            return new TuneTrial(number, share, settings, found, double.IsFinite(found) ? null : "the score is not a finite number");
        }
        catch (RunFailedException e)
        {
            // A candidate that diverges is an answer about its options, not the end of the search.
            return new TuneTrial(number, share, settings, double.NaN, e.Message);
        }
    }

    private static TuneTrial? BestOf(List<TuneTrial> trials) =>
        trials.Where(t => t.Failure is null).OrderByDescending(t => t.Share).ThenByDescending(t => t.Score).ThenBy(t => t.Candidate).FirstOrDefault();

    private static IEnumerable<TuneTrial> Ranked(List<TuneTrial> round) =>
        round.OrderBy(t => t.Failure is not null).ThenByDescending(t => t.Score).ThenBy(t => t.Candidate);
}
