using System.Globalization;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Hybrid;

namespace Recsys.Batch.Pipeline.Train.Auto;

/// <summary>What texts add to a sum.</summary>
internal sealed record TextChoice(RaceSum Blend, double Weight, double ColdWeight, double HistoryDecay)
{
    public void WriteTo(SortedDictionary<string, string> settings)
    {
        settings["Text:Use"] = nameof(TextUse.Auto);
        settings["Text:Weight"] = Weight.ToString(CultureInfo.InvariantCulture);
        settings["Text:ColdWeight"] = ColdWeight.ToString(CultureInfo.InvariantCulture);
        settings["Text:ColdShrinkage"] = "0";
        settings["Text:HistoryDecay"] = HistoryDecay.ToString(CultureInfo.InvariantCulture);
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $", text of weight {Weight}, {ColdWeight} for new items, history decay {HistoryDecay}");
}

/// <summary>
/// Tries texts beside a sum, and how much room items without events get: the most that costs no more of the window's NDCG than it may.
/// </summary>
/// <param name="newItemsCost"><see cref="AutoOptions.NewItemsCost"/>.</param>
/// <param name="tried">Told of the best of every weight.</param>
/// <param name="leftOut">Told of what costs more than is left.</param>
internal sealed class RaceText(
    TextOptions options, double newItemsCost, RaceFolds folds, ItemContent? content, IRaceMeasure measure, RaceBudget budget,
    StageContext context, Action<string, string, Interval> tried, Action<string, string, double> leftOut)
{
    private static readonly double[] s_weights = [0.25, 0.5, 1];
    private static readonly double[] s_coldWeights = [0, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.7, 1, 1.25, 1.5, 2, 2.5];
    private static readonly double[] s_decays = [1, 0.8];

    /// <summary>Null where there are no texts, or where they neither gain nor leave room for new items.</summary>
    public TextChoice? Run(RaceSum sum)
    {
        if (Features() is not { } features) return null;
        var model = Model(sum);
        var scorer = folds.Scorer(model, context);
        bool[] isNew = folds.ByItem(IsNew);
        double[] coldWeights = [.. s_coldWeights.Append(options.ColdWeight).Distinct().Order()];
        (TextChoice Choice, float[][] ByColdWeight)? best = null;
        foreach (double weight in s_weights.Append(options.Weight).Distinct())
        {
            foreach (double decay in folds.Newest.LastSeen is null ? [options.HistoryDecay] : s_decays.Append(options.HistoryDecay).Distinct())
            {
                var choice = new TextChoice(sum, weight, 0, decay);
                double seconds = Seconds(features);
                if (!budget.Take(seconds))
                {
                    leftOut("text", choice.ToString(), seconds);
                    continue;
                }
                var text = folds.Scorer(
                    folds.Make([model], (models, train) => HybridTrainer.Add(models[0], With(weight, decay), train, features, context).Text), context);
                float[][] ndcg = measure.Ndcg([scorer, text], [.. coldWeights.Select(c => Mix(sum, isNew, c))]);
                float[] highest = ndcg[AutoRace.BestOf(ndcg)];
                tried("text", sum + choice.ToString(), measure.Mean(highest));
                if (best is null || Mean(highest) > Mean(best.Value.Choice.Blend.Ndcg)) best = (choice with { Blend = sum with { Ndcg = highest } }, ndcg);
            }
        }
        if (best is not { } found) return null;
        bool gains = AutoRace.IsBetter(measure, found.Choice.Blend.Ndcg, sum.Ndcg);
        double least = (1 - newItemsCost) * Mean(gains ? found.Choice.Blend.Ndcg : sum.Ndcg);
        int room = Array.FindLastIndex(found.ByColdWeight, n => Mean(n) >= least);
        if (room < 0 || (!gains && coldWeights[room] == 0)) return null;
        return found.Choice with { Blend = sum with { Ndcg = found.ByColdWeight[room] }, ColdWeight = coldWeights[room] };
    }

    /// <summary>Whether there is anything to try.</summary>
    public bool HasTexts => Features() is not null;

    /// <summary>Takes what one trial costs.</summary>
    public bool Take() => Features() is { } features && budget.Take(Seconds(features));

    /// <summary>The model as it would serve, but for its trend.</summary>
    public ITrainedModel Serving(RaceSum sum, TextChoice? text)
    {
        var model = Model(sum);
        if (text is null) return model;
        var with = With(text.Weight, text.HistoryDecay);
        with.ColdWeight = text.ColdWeight;
        var features = Features()!;
        return folds.Make([model], (models, train) => HybridTrainer.Add(models[0], with, train, features, context));
    }

    private FactorMatrix? Features() => content is null || options.Use == TextUse.Off ? null : ItemFeatures.Of(content, options, context);

    /// <summary>A regression over the features, and a product of all items with it.</summary>
    private double Seconds(FactorMatrix features) => 1e-10 * folds.Newest.Items * features.Rank * features.Rank * folds.Count;

    private static double Mean(float[] ndcg) => ndcg.Average(v => (double)v);

    private static ScoreMix Mix(RaceSum sum, bool[] isNew, double coldWeight) => new(1, 1)
    {
        Factors = [null, Array.ConvertAll(isNew, n => n ? (float)coldWeight : 1)],
        Overall = sum.Trend.Factors,
    };

    /// <summary>Room for new items of 1: the mixes multiply it.</summary>
    private TextOptions With(double weight, double decay)
    {
        var with = new TextOptions();
        foreach (var property in typeof(TextOptions).GetProperties().Where(p => p.CanWrite)) property.SetValue(with, property.GetValue(options));
        (with.Weight, with.ColdWeight, with.ColdShrinkage, with.HistoryDecay) = (weight, 1, 0, decay);
        return with;
    }

    private ITrainedModel Model(RaceSum sum) => sum.Members.Count == 1
        ? sum.Members[0].Entrant.Decayed
        : folds.Make([.. sum.Members.Select(m => m.Entrant.Decayed)], (models, _) => new EnsembleModel(
            EnsembleTrainer.Name,
            [.. sum.Members.Select((m, i) => new EnsembleMember(new MemberWeight(m.Entrant.Algorithm, m.Weight, m.Scale, 0, 20, 80), models[i]))]));

    private static bool[] IsNew(InteractionMatrix interactions)
    {
        var isNew = new bool[interactions.Items];
        for (int item = 0; item < isNew.Length; item++) isNew[item] = interactions.ByItem.RowLength(item) == 0;
        foreach (int item in interactions.Disliked?.Indices ?? []) isNew[item] = false;
        return isNew;
    }
}
