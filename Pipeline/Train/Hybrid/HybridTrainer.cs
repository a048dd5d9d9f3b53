using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Ensemble;
using Recsys.Batch.Pipeline.Train.Graph;
using Recsys.Batch.Pipeline.Train.Spectral;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>Trains an algorithm on the interactions and adds what the items' texts and other views say (<see cref="TextOptions"/>).</summary>
internal sealed class HybridTrainer(ITrainer algorithm, TextOptions options) : ITrainer
{
    public const string Name = "hybrid";

    // One item in ten is left out of a map of its own to see how far scores of unseen items fall short.
    private const int LeftOutOneIn = 10;
    private const int ScaleUsers = 1000;
    private const int ScaleTop = 60;

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context) => Train(interactions, null, context);

    /// <summary>The algorithm's own model where there is no content, or none that tells items apart.</summary>
    public ITrainedModel Train(InteractionMatrix interactions, ItemContent? content, StageContext context)
    {
        var model = algorithm.Train(interactions, content, context);
        if (content is null || options.Use == TextUse.Off || interactions.Count == 0) return model;
        Leftovers.Collect();
        long start = context.Time.GetTimestamp();
        if (ItemFeatures.Of(content, options, context) is not { } features) return model;
        var hybrid = Add(model, options, interactions, features, context);
        context.Progress.Metric("train.text.features", features.Rank);
        context.Progress.Metric("train.text.seconds", context.Time.GetElapsedTime(start).TotalSeconds);
        return hybrid;
    }

    /// <summary>Adds the texts to a model that is trained already.</summary>
    /// <param name="features">Of <see cref="ItemFeatures.Of"/> with the same options.</param>
    internal static HybridModel Add(
        ITrainedModel model, TextOptions options, InteractionMatrix interactions, FactorMatrix features, StageContext context)
    {
        int[] events = Events(interactions);
        bool[] warm = [.. Enumerable.Range(0, interactions.Items).Select(item => interactions.ByItem.RowLength(item) > 0)];
        var weighting = new HistoryWeighting(interactions.IsWeighted, interactions.LastSeen is null ? 1 : options.HistoryDecay);
        var edges = Edges(options, interactions, context);
        double strength = edges.Values.Sum(v => (double)v) / warm.Count(w => w);
        var regression = new TextRegression(features, warm, options.Regularization, context);
        var inward = regression.Inward(edges, strength > 0 ? strength : 1);

        double unit = Positive(Scale(model, null));
        var company = new double[events.Length];
        var likeness = new double[events.Length];
        Weigh(_ => 1, 0);
        double warmUnit = options.Weight * unit / Positive(Scale(TextPart(inward), null));
        Weigh(_ => warmUnit, 0);
        double coldUnit = options.ColdWeight * ColdScale();
        Weigh(item => (1 - ColdShare(options, events[item])) * warmUnit, coldUnit);
        return new HybridModel(model, TextPart(inward), Space(model, options, regression, events));

        void Weigh(Func<int, double> asWarm, double asCold)
        {
            for (int item = 0; item < events.Length; item++)
            {
                double cold = ColdShare(options, events[item]) * asCold;
                company[item] = asWarm(item) + cold;
                likeness[item] = options.SimilarityWeight * asWarm(item) + options.ColdSimilarityWeight * cold;
            }
        }

        SpectralModel TextPart(FactorMatrix from) => TextFactors.Of(from, features, company, likeness, weighting);

        double Scale(ITrainedModel of, bool[]? only) =>
            MemberScale.Of(of, interactions, ScaleUsers, only is null ? ScaleTop : ScaleTop / LeftOutOneIn, context, only);

        // Scores of items that no map has seen are smaller than those of items it was taught by: what they fall short of what the same items reach with their
        // events is made up.
        double ColdScale()
        {
            var random = new SplitMix64(context.Seed, "text left out");
            bool[] left = Array.ConvertAll(warm, w => random.NextInt(LeftOutOneIn) == 0 && w);
            bool[] rest = [.. warm.Zip(left, (w, l) => w && !l)];
            if (!left.Contains(true) || !rest.Contains(true)) return unit;
            double asWarm = KnownScale(left);
            Leftovers.Collect();
            var unseen = new TextRegression(features, rest, options.Regularization, context).Inward(edges, strength > 0 ? strength : 1);
            Array.Fill(company, 1);
            Array.Fill(likeness, options.ColdSimilarityWeight);
            double asCold = Scale(TextPart(unseen), left);
            context.Progress.Metric("train.text.cold_scale", asWarm / asCold);
            return asCold > 0 && asWarm > 0 ? asWarm / asCold : unit;
        }

        // In a frame of its own, so that the model is gone when the next one is made.
        double KnownScale(bool[] left) => Scale(new HybridModel(model, TextPart(inward), null), left);
    }

    /// <summary>c / (c + n), 1 for an item without events.</summary>
    private static double ColdShare(TextOptions options, int events) => events == 0 ? 1 : options.ColdShrinkage / (options.ColdShrinkage + events);

    private static double Positive(double scale) => scale > 0 && double.IsFinite(scale) ? scale : 1;

    /// <summary>What is bought with what, pairs of users with few pairs and of rare items counting more.</summary>
    private static SparseRows Edges(TextOptions options, InteractionMatrix interactions, StageContext context) => ((ItemGraphModel)new GraphFilterTrainer(
        new GraphFilterOptions { HistoryExponent = 0.5, UserExponent = 0.5, ItemExponent = 0.2, Neighbors = options.Neighbors }).Train(
            interactions, context)).Edges;

    /// <summary>The algorithm's space of items, in which items with few events stand where their texts say; null where it has none.</summary>
    private static FactorMatrix? Space(ITrainedModel model, TextOptions options, TextRegression regression, int[] events)
    {
        if (model.ItemEmbeddings is not { } known) return null;
        var rows = regression.Map(known.Vectors);
        for (int item = 0; item < rows.Rows; item++)
        {
            float share = (float)ColdShare(options, events[item]);
            var row = rows.Row(item);
            var own = known.Vectors.Row(item);
            for (int k = 0; k < row.Length; k++) row[k] = share * row[k] + (1 - share) * own[k];
        }
        return rows;
    }

    private static int[] Events(InteractionMatrix interactions)
    {
        var events = new int[interactions.Items];
        for (int item = 0; item < events.Length; item++) events[item] = interactions.ByItem.RowLength(item);
        // What was returned or rated badly is not new.
        if (interactions.Disliked is { } disliked) foreach (int item in disliked.Indices) events[item]++;
        return events;
    }
}
