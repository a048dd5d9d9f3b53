using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Disliked;
using Recsys.Batch.Pipeline.Train.Trend;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>What served last night as it does on tonight's window.</summary>
/// <param name="Sum">Its models, trained; texts and dislikes stand beside it.</param>
/// <param name="Ndcg">Of all of it.</param>
internal sealed record LastEntry(RaceSum Sum, TextChoice? Text, DislikedChoice? Disliked, float[] Ndcg)
{
    public string Model => $"{Sum}{Text}{Disliked}";

    public bool IsPopularity => Text is null && AutoRace.IsPopularity(Sum);
}

/// <summary>Trains and measures what served last night, as it was chosen then.</summary>
/// <param name="enter">Trains one model with these options; null where that costs too much or fails.</param>
/// <param name="tried">Told of the whole.</param>
internal sealed class RaceLast(
    LastChoice last, TrainOptions options, RaceFolds folds, IRaceMeasure measure, RaceText texts, StageContext context,
    Func<LastChoice.Member, IReadOnlyDictionary<string, string>, Entrant?> enter, Action<string, string, Interval> tried) : IDisposable
{
    private const string Decay = nameof(Entrant.HistoryDecay);

    private readonly List<Entrant> _entrants = [];
    private string _why = "";

    /// <summary>Null where it cannot be had tonight; <see cref="LeftOut"/> says why.</summary>
    public LastEntry? Run()
    {
        bool hasText = last.Settings.GetValueOrDefault("Text:Use") == nameof(Hybrid.TextUse.Auto);
        if (last.Members(options, folds.Newest.Ratings is not null) is not { } members) return Without("a trainer of it does not race any more");
        if (hasText && !texts.HasTexts) return Without("it goes by texts, and there are none tonight");
        if (!last.HadTexts && texts.HasTexts) return Without("it never saw the texts that there are tonight");
        foreach (var member in members)
        {
            if (Entered(member) is not { } entrant) return Without($"{member.Algorithm} could not be trained within the budget, as the race says");
            _entrants.Add(entrant);
        }
        double[] scales = [.. _entrants.Select(e => _entrants.Count == 1 ? 1 : RaceBlend.Scale(e.Decayed, folds.Newest, context))];
        if (scales.Any(s => !(s > 0))) return Without("a model of it gives no scores tonight");
        var sum = new RaceSum([.. members.Select((m, i) => new RaceMember(_entrants[i], m.Weight, scales[i]))], Trend(), []);
        if (hasText && !texts.Take()) return Without("its texts cost more than is left");
        var text = hasText
            ? new TextChoice(sum, last.Number("Text:Weight") ?? 1, last.Number("Text:ColdWeight") ?? 0, last.Number("Text:HistoryDecay") ?? 1)
            : null;
        var model = texts.Serving(sum, text);
        var disliked = last.Number("Disliked:Weight") is > 0 and var weight ? new DislikedChoice(weight, []) : null;
        if (disliked is not null && DislikedModel.Unwanted(folds.Newest) is not null)
            model = folds.Make([model], (models, _) => new DislikedModel(models[0], (float)disliked.Weight));
        float[] ndcg = measure.Ndcg([folds.Scorer(model, context)], [new ScoreMix(1) { Overall = sum.Trend.Factors }])[0];
        var entry = new LastEntry(sum with { Ndcg = ndcg }, text, disliked, ndcg);
        tried("last", entry.Model, measure.Mean(ndcg));
        return entry;
    }

    /// <summary>Says that it has no part tonight.</summary>
    public LastOutcome LeftOut() => new(
        string.Join(" + ", last.Members(options)?.Select(m => m.Algorithm) ?? [last.Settings.GetValueOrDefault(nameof(TrainOptions.Algorithm)) ?? "none"]),
        false, null, null, _why);

    public void Dispose()
    {
        foreach (var entrant in _entrants) entrant.Dispose();
    }

    private Entrant? Entered(LastChoice.Member member)
    {
        var defaults = options.Trainers().First(t => t.Section == member.Section).Options;
        // A member of a sum states all its options, also those that the configuration has anyway.
        var settings = member.Keys.Where(k => k.Key != Decay && Tune.OptionPath.Get(defaults, k.Key) != k.Value)
            .ToDictionary(k => k.Key, k => k.Value, StringComparer.Ordinal);
        if (enter(member, settings) is not { } entrant) return null;
        if (!member.Keys.TryGetValue(Decay, out string? text) || RaceFolds.DecayOf(entrant.Model) is null) return entrant;
        entrant = entrant with { HistoryDecay = double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) };
        return entrant with { Scorer = folds.Scorer(entrant.Decayed, context) };
    }

    private TrendChoice Trend() =>
        last.Number("Trend:HalfLifeDays") is > 0 and var days && last.Number("Trend:Exponent") is > 0 and var power && TrendFactors.Applies(folds.Newest)
            ? TrendGrid.Of(folds, days, power)
            : TrendChoice.None;

    private LastEntry? Without(string why)
    {
        _why = why;
        return null;
    }
}
