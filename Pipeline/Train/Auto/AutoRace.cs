using System.Collections.Immutable;
using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Linear;
using Recsys.Batch.Pipeline.Train.Tune;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>
/// Chooses what serves on the validation window, in rounds that narrow: every trainer once, each with the decay of histories and the trend that suit it; then
/// the options of the best few, a step at a time; then sums of several; then texts; then what was sent back. Models that cost more than is left are left out
/// and named. A more complex model must gain more than its standard error (the rule of Breiman et al. 1984), so that noise changes nothing.
/// </summary>
/// <param name="options">The configuration: where the race starts from.</param>
/// <param name="folds">What lies before the window, or before each of them.</param>
/// <param name="content">What is known of the items beside who has them; null where nothing is.</param>
/// <param name="last">What served last night, which serves on within the noise; null where there is nothing to keep.</param>
internal sealed class AutoRace(
    TrainOptions options, RaceFolds folds, IRaceMeasure measure, ItemContent? content, StageContext context, LastChoice? last = null)
{
    private const int Blended = 4;

    private static readonly double[] s_decays = [1, 0.9, 0.8, 0.6];
    private static readonly string[] s_priors = ["100", "1000", "10000"];
    private static readonly Interval s_none = new(double.NaN, double.NaN, double.NaN);

    private readonly InteractionMatrix _interactions = folds.Newest;
    private readonly RaceBudget _budget = new(options.Auto, folds.Size);
    private readonly StageContext _quiet = context with { Progress = NoProgress.Instance };
    private readonly TrendChoice[] _trends = TrendGrid.Of(folds, options.Trend);
    private readonly List<AutoTrial> _trials = [];

    // What served last night is trained once, also where the race comes to it again.
    private Entrant[] _lasts = [];

    /// <param name="window">The window in words, for the report.</param>
    public AutoReport Run(string window)
    {
        if (measure.Users < Math.Max(1, options.Auto.MinUsers)) return Unmeasured(window);
        var texts = new RaceText(options.Text, options.Auto.NewItemsCost, folds, content, measure, _budget, _quiet, Tried, LeftOut);
        // Before all others: a budget that holds little holds what serves.
        using var lasts = last is null ? null : new RaceLast(last, options, folds, measure, texts, _quiet, EnterLast, Tried);
        var before = lasts?.Run();
        if (before is not null) _lasts = before.Sum.Members.Select(m => m.Entrant).ToArray();
        var families = Families();
        try
        {
            if (families.Count == 0 && before is null) return Report(window, null, [], null, "no trainer could be trained on this log", lasts?.LeftOut());
            Vary(families);
            var popularity = families.FirstOrDefault(f => f.Algorithm == PopularityTrainer.Name);
            if (families.Count == 0) return Keep(before!, popularity, null, null, window);
            var blend = new RaceBlend(folds, measure, _quiet, Tried).Run([.. families.Take(options.Auto.Blend ? Blended : 1)], _trends);
            var text = texts.Run(blend);
            var best = text?.Blend ?? blend;
            if (popularity is not null && !IsSurelyBetter(best.Ndcg, popularity.Ndcg))
                (best, text) = (RaceSum.Of(popularity), null);
            bool isPopularity = text is null && IsPopularity(best);
            Interval? over = isPopularity || popularity is null ? null : measure.Difference(best.Ndcg, popularity.Ndcg);
            var disliked = isPopularity
                ? null
                : new RaceDisliked(options.Disliked, folds, measure, _quiet, Tried).Run(best, () => texts.Serving(best, text));
            float[] ndcg = disliked?.Ndcg ?? best.Ndcg;
            var trial = new AutoTrial("serves", $"{best}{text}{disliked}", measure.Mean(ndcg), 0, null);
            var settings = Settings(best, text, disliked);
            if (before is not null && !LastChoice.Same(settings, last!.Settings) && !IsBetter(ndcg, before.Ndcg))
                return Keep(before, popularity, trial.Model, measure.Difference(ndcg, before.Ndcg), window);
            return Report(
                window, trial, settings, over, isPopularity
                    ? "no personal model is surely ahead of popularity on this log, so popularity serves"
                    : "nothing that was tried gains more than its standard error over it, but for the room that new items get",
                before is null ? lasts?.LeftOut() : Outcome(before, settings, trial.Model, ndcg));
        }
        finally
        {
            foreach (var family in families) family.Dispose();
        }
    }

    /// <summary>Too few users say anything: what served goes on, or nothing is chosen.</summary>
    private AutoReport Unmeasured(string window)
    {
        string few =
            $"{measure.Users} users have something new to them in the window, fewer than Train:Auto:MinUsers = {options.Auto.MinUsers}: nothing is chosen";
        if (last?.Members(options, _interactions.Ratings is not null) is not { } members
            || !members.All(m => double.IsFinite(folds.Seconds(options.Trainers().First(t => t.Section == m.Section).Options.Definition))))
        {
            return Report(window, null, [], null, few);
        }
        string model = string.Join(" + ", members.Select(m => m.Algorithm));
        return Report(window, null, new(last.Settings.ToDictionary(), StringComparer.Ordinal), null, few, new LastOutcome(model, true, null, null, few));
    }

    /// <param name="change">What the best of tonight gains over it; null where there is none.</param>
    private AutoReport Keep(LastEntry before, Entrant? popularity, string? best, Interval? change, string window)
    {
        const string why = "last night's choice serves on: nothing that was tried is ahead of it by more than a standard error";
        Interval? over = before.IsPopularity || popularity is null ? null : measure.Difference(before.Ndcg, popularity.Ndcg);
        return Report(
            window, new AutoTrial("serves", before.Model, measure.Mean(before.Ndcg), 0, null), new(last!.Settings.ToDictionary(), StringComparer.Ordinal), over,
            why, new LastOutcome(before.Model, true, best, change, "within a standard error over the same customers"));
    }

    private LastOutcome Outcome(LastEntry before, SortedDictionary<string, string> settings, string model, float[] ndcg) =>
        LastChoice.Same(settings, last!.Settings)
            ? new LastOutcome(before.Model, true, null, null, "the race comes to the same")
            : new LastOutcome(before.Model, false, model, measure.Difference(ndcg, before.Ndcg), "more than a standard error over the same customers");

    private Entrant? EnterLast(LastChoice.Member member, IReadOnlyDictionary<string, string> settings) =>
        Enter("last", member.Section, options.Trainers().First(t => t.Section == member.Section).Options.Definition, settings);

    internal static bool IsPopularity(RaceSum sum) => sum.Members.All(m => m.Entrant.Algorithm == PopularityTrainer.Name);

    /// <summary>The trainers that take part.</summary>
    /// <param name="hasRatings">Whether ratings are kept as values, which some trainers are for.</param>
    internal static IEnumerable<(string Section, TrainerDefinition Definition)> Raced(TrainOptions options, bool hasRatings) => options.Trainers()
        .Select(t => (t.Section, t.Options.Definition))
        .Where(t => options.Auto.Algorithms.Count > 0
            ? options.Auto.Algorithms.Contains(t.Definition.Name)
            : t.Definition is { Race: { } race, Create: not null } && (hasRatings || !race.NeedsRatings));

    /// <summary>The trainers that race, each in its best form, best first.</summary>
    private List<Entrant> Families()
    {
        var raced = Raced(options, _interactions.Ratings is not null)
            .OrderBy(t => folds.Seconds(t.Definition)).ThenBy(t => t.Definition.Name, StringComparer.Ordinal);
        var families = new List<Entrant>();
        foreach (var (section, definition) in raced)
        {
            Entrant? best = null;
            foreach (var settings in Starts(definition))
            {
                if (Enter("families", section, definition, settings) is not { } trained) continue;
                var entrant = Suited(trained);
                if (best is null || entrant.Mean.Value > best.Mean.Value) (best, entrant) = (entrant, best!);
                entrant?.Dispose();
            }
            if (best is not null) families.Add(definition.Name == PopularityTrainer.Name ? BySegment(section, definition, best) : best);
        }
        Sort(families);
        return families;
    }

    /// <summary>
    /// Popularity by a column of the user table, under the half-life that suits the shop. It costs next to nothing and takes nothing from the budget: what else
    /// is tried is the same with a user table and without.
    /// </summary>
    private Entrant BySegment(string section, TrainerDefinition definition, Entrant shop)
    {
        Entrant? best = null;
        foreach (string column in UserSegments.Raced(_interactions))
        {
            foreach (string prior in s_priors)
            {
                var settings = new SortedDictionary<string, string>(shop.Settings.ToDictionary(), StringComparer.Ordinal)
                {
                    [nameof(PopularityOptions.Segment)] = column,
                    [nameof(PopularityOptions.SegmentPrior)] = prior,
                };
                if (Enter("families", section, definition, settings, isFree: true) is { } next && (best is null || next.Mean.Value > best.Mean.Value))
                    best = next;
            }
        }
        // The best of several columns and priors is one standard error ahead by chance.
        return best is not null && GainsMoreThan(2, measure, best.Ndcg, shop.Ndcg) ? best : shop;
    }

    private IEnumerable<IReadOnlyDictionary<string, string>> Starts(TrainerDefinition definition) =>
    [
        ImmutableSortedDictionary<string, string>.Empty,
        .. definition.Race?.Starts ?? [],
        .. definition.Name == PopularityTrainer.Name
            ? TrendGrid.HalfLives(_interactions).Select(days => new Dictionary<string, string>(StringComparer.Ordinal)
            {
                [nameof(PopularityOptions.HalfLifeDays)] = days.ToString(CultureInfo.InvariantCulture),
            })
            : [],
    ];

    /// <summary>Walks each option of the best trainers from where it stands, a value at a time, for as long as that gains.</summary>
    private void Vary(List<Entrant> families)
    {
        var varied = families.Select(f => (Family: f, Definition: DefinitionOf(f))).Where(f => f.Definition.Race is { Steps.Count: > 0 });
        foreach (var (family, definition) in varied.Take(options.Auto.Varied).ToArray())
        {
            var best = family;
            foreach (var (key, values) in definition.Race!.Steps)
            {
                if (_interactions.LastSeen is null && !definition.Race.Capacity.Contains(key)) continue;
                foreach (int direction in (int[])[1, -1])
                {
                    var walked = Walk(best, definition, key, values, direction);
                    if (ReferenceEquals(walked, best)) continue;
                    if (!ReferenceEquals(best, family)) best.Dispose();
                    best = walked;
                    break;
                }
            }
            if (ReferenceEquals(best, family)) continue;
            families[families.IndexOf(family)] = Suited(best);
            family.Dispose();
        }
        Sort(families);
    }

    private Entrant Walk(Entrant from, TrainerDefinition definition, string key, string[] values, int direction)
    {
        var best = from;
        foreach (string value in OptionSteps.From(Configured(from, key), values, direction))
        {
            var settings = new SortedDictionary<string, string>(best.Settings.ToDictionary(), StringComparer.Ordinal) { [key] = value };
            if (Enter("options", from.Section, definition, settings, best) is not { } next) break;
            if (!IsBetter(next.Ndcg, best.Ndcg))
            {
                next.Dispose();
                // Numbers rise and fall; kinds have no order, so each is tried.
                if (OptionSteps.IsNumber(value)) break;
                continue;
            }
            // The one the walk began with belongs to the caller.
            if (!ReferenceEquals(best, from)) best.Dispose();
            best = next;
        }
        return best;
    }

    private TrainerDefinition DefinitionOf(Entrant entrant) => options.Trainers().First(t => t.Section == entrant.Section).Options.Definition;

    private string Configured(Entrant entrant, string key) => entrant.Settings.TryGetValue(key, out string? value)
        ? value
        : OptionPath.Get(options.Trainers().First(t => t.Section == entrant.Section).Options, key);

    private Dictionary<string, string> StatedIn(string section) => OptionPath.Differing(
        options.Trainers().First(t => t.Section == section).Options,
        new TrainOptions().Trainers().First(t => t.Section == section).Options).ToDictionary(StringComparer.Ordinal);

    /// <summary>Trains and measures; null where it costs too much or fails.</summary>
    /// <param name="like">Whose decay and trend it is measured with; null takes none.</param>
    /// <param name="isFree">Whether it takes nothing from the budget.</param>
    private Entrant? Enter(
        string round, string section, TrainerDefinition definition, IReadOnlyDictionary<string, string> settings, Entrant? like = null, bool isFree = false)
    {
        context.Cancellation.ThrowIfCancellationRequested();
        string named = string.Concat([definition.Name, .. settings.Select(s => $" {s.Key}={s.Value}")]);
        var changed = OptionPath.With(options, settings.ToDictionary(s => $"{section}:{s.Key}", s => s.Value, StringComparer.Ordinal));
        var of = changed.Trainers().First(t => t.Section == section).Options.Definition;
        var known = Array.Find(_lasts, l => l.Section == section && LastChoice.Same(l.Settings, settings));
        double seconds = known is null && !isFree ? folds.Seconds(of) : 0;
        if (!_budget.Take(seconds))
        {
            LeftOut(round, named, seconds);
            return null;
        }
        try
        {
            var model = known?.Model ?? folds.Train(train => TrainerCatalog.Create(definition.Name, changed).Train(train, content, _quiet));
            var entrant = Measured(model, like) with { IsBorrowed = known is not null };
            _trials.Add(new AutoTrial(round, entrant.ToString(), entrant.Mean, seconds, null));
            context.Progress.Step("auto", _trials.Count, 0, "models");
            return entrant;
        }
        catch (RunFailedException e)
        {
            // A model that cannot be trained is an answer about the log, not the end of the race.
            _trials.Add(new AutoTrial(round, named, s_none, seconds, e.Message));
            return null;
        }

        Entrant Measured(ITrainedModel model, Entrant? other)
        {
            double? decay = RaceFolds.DecayOf(model) is not null && other?.HistoryDecay is { } d ? d : null;
            var trend = other?.Trend ?? TrendChoice.None;
            var scorer = folds.Scorer(decay is { } value ? RaceFolds.WithDecay(model, value) : model, _quiet);
            float[] ndcg = measure.Ndcg([scorer], [new ScoreMix(1) { Overall = trend.Factors }])[0];
            return new Entrant(definition.Name, section, settings, model)
            {
                Configured = StatedIn(section),
                HistoryDecay = decay,
                Trend = trend,
                Scorer = scorer,
                Ndcg = ndcg,
                Mean = measure.Mean(ndcg),
            };
        }
    }

    /// <summary>The entrant with the decay of histories, and then the trend, that suit it best; nothing is trained for that.</summary>
    private Entrant Suited(Entrant entrant)
    {
        if (entrant.Algorithm == PopularityTrainer.Name) return entrant;
        if (_interactions.LastSeen is not null && RaceFolds.DecayOf(entrant.Model) is { } configured)
        {
            foreach (double decay in s_decays.Where(d => d != (entrant.HistoryDecay ?? configured)))
            {
                var scorer = folds.Scorer(RaceFolds.WithDecay(entrant.Model, decay), _quiet);
                float[] ndcg = measure.Ndcg([scorer], [new ScoreMix(1) { Overall = entrant.Trend.Factors }])[0];
                if (IsBetter(ndcg, entrant.Ndcg))
                    entrant = entrant with { HistoryDecay = decay, Scorer = scorer, Ndcg = ndcg, Mean = measure.Mean(ndcg) };
            }
        }
        float[][] all = measure.Ndcg([entrant.Scorer], [.. _trends.Select(t => new ScoreMix(1) { Overall = t.Factors })]);
        int best = BestOf(all);
        if (best > 0 && IsBetter(all[best], entrant.Ndcg))
            entrant = entrant with { Trend = _trends[best], Ndcg = all[best], Mean = measure.Mean(all[best]) };
        Tried("trend", entrant.ToString(), entrant.Mean);
        return entrant;
    }

    /// <summary>Says why something was not tried: it costs more than is left.</summary>
    private void LeftOut(string round, string model, double seconds) => _trials.Add(new AutoTrial(
        round, model, s_none, seconds, double.IsInfinity(seconds)
            ? "cannot be trained on such a log"
            : string.Create(CultureInfo.InvariantCulture, $"{seconds:0} nominal seconds, {_budget.Seconds - _budget.Spent:0} are left")));

    private void Tried(string round, string model, Interval ndcg) => _trials.Add(new AutoTrial(round, model, ndcg, 0, null));

    private bool IsBetter(float[] ndcg, float[] than) => IsBetter(measure, ndcg, than);

    /// <summary>Whether the gain is more than two and a half standard errors: the best of some sixty models is two ahead by chance.</summary>
    private bool IsSurelyBetter(float[] ndcg, float[] than) => GainsMoreThan(2.5, measure, ndcg, than);

    /// <summary>Whether the gain is more than its standard error.</summary>
    internal static bool IsBetter(IRaceMeasure measure, float[] ndcg, float[] than) => GainsMoreThan(1, measure, ndcg, than);

    internal static bool GainsMoreThan(double errors, IRaceMeasure measure, float[] ndcg, float[] than)
    {
        var difference = measure.Difference(ndcg, than);
        return difference.Value > Math.Max(0, errors * (difference.High - difference.Low) / (2 * 1.96));
    }

    /// <summary>The first of the highest means.</summary>
    internal static int BestOf(float[][] ndcg)
    {
        int best = 0;
        double highest = double.NegativeInfinity;
        for (int mix = 0; mix < ndcg.Length; mix++)
        {
            double mean = ndcg[mix].Average(v => (double)v);
            if (mean > highest) (best, highest) = (mix, mean);
        }
        return best;
    }

    /// <summary>Best first; popularity before all where none is surely ahead of it.</summary>
    private void Sort(List<Entrant> entrants)
    {
        var sorted = entrants.OrderByDescending(e => e.Mean.Value).ThenBy(e => e.Algorithm, StringComparer.Ordinal).ToList();
        if (sorted.Find(e => e.Algorithm == PopularityTrainer.Name) is { } popularity && !IsSurelyBetter(sorted[0].Ndcg, popularity.Ndcg))
        {
            sorted.Remove(popularity);
            sorted.Insert(0, popularity);
        }
        entrants.Clear();
        entrants.AddRange(sorted);
    }

    private static SortedDictionary<string, string> Settings(RaceSum best, TextChoice? text, DislikedChoice? disliked)
    {
        var settings = best.Settings();
        if (text is null) settings["Text:Use"] = nameof(Hybrid.TextUse.Off);
        else text.WriteTo(settings);
        settings["Disliked:Weight"] = (disliked?.Weight ?? 0).ToString(CultureInfo.InvariantCulture);
        return settings;
    }

    private AutoReport Report(
        string window, AutoTrial? best, SortedDictionary<string, string> settings, Interval? over, string why, LastOutcome? last = null) => new(
        window, measure.Users, options.Auto.Cutoff, _budget.Seconds, _budget.Spent, settings, best, over, why, _trials)
        { Last = last };
}
