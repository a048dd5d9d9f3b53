using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Embed.Tuning;

/// <summary>
/// Tunes the encoder to a shop: learns a map from what was bought together, without a fifth of the items, measures by these whether it finds new items more
/// often, and learns it again from all where it surely does.
/// </summary>
/// <param name="Adapter">Null where the encoder stays as it is.</param>
internal sealed record EncoderTuning(TextAdapter? Adapter, TuningReport Report)
{
    /// <param name="interactions">What may be learned from: nothing of the windows that models are measured by.</param>
    /// <param name="table">items x d, the encoder's.</param>
    /// <param name="texts">By item.</param>
    public static EncoderTuning Of(InteractionMatrix interactions, EmbeddingTable table, string?[] texts, TuningOptions options, StageContext context)
    {
        int[] text = Numbers(table, texts);
        var items = NewItems.Of(interactions, text, context.Seed);
        var measure = new NewItemRecall(interactions, items);
        var report = new TuningReport(measure.Users, measure.Items, measure.Depth, items.ByTime, 0, 0, null, "");
        var training = new SpectralContrast(options);
        if (measure.Users < options.MinUsers || training.Train(interactions, table.Vectors, items.Old, context) is not { } without)
            return new EncoderTuning(null, report with { Why = TuningReport.TooFew(measure.Users, options) });
        double[] before = measure.Of(table.Vectors, context);
        double[] after = measure.Of(without.Apply(table, context.Threads, context.Cancellation).Vectors, context);
        var gain = MeanInterval.OfGain(before, after);
        bool serves = gain.Low > 0;
        return new EncoderTuning(
            serves ? training.Train(interactions, table.Vectors, [.. text.Select(t => t >= 0)], context) : null,
            report with { Before = before.Average(), After = after.Average(), Gain = gain, Why = TuningReport.WhyServed(serves) });
    }

    /// <summary>The content with its texts' vectors tuned, where that is on and pays; else as it is.</summary>
    public static ItemContent Apply(ItemContent content, InteractionMatrix interactions, TuningOptions options, StageContext context)
    {
        if (options.IsOff || content.Text is not { } table) return content;
        var tuning = Of(interactions, table, content.Texts, options, context);
        tuning.Tell(context.Progress);
        return tuning.Tuned(content, context);
    }

    /// <summary>The content with its texts' vectors as the map makes them; as it is where the encoder stays as it is.</summary>
    public ItemContent Tuned(ItemContent content, StageContext context) =>
        Adapter is null ? content : content.WithText(Adapter.Apply(content.Text!, context.Threads, context.Cancellation));

    /// <summary>What the night's log and the console say of it.</summary>
    public void Tell(IStageProgress progress)
    {
        progress.Note(Report.ToString());
        if (Report.Gain is not { } gain) return;
        progress.Metric("tuning.recall_before", Report.Before);
        progress.Metric("tuning.recall_after", Report.After);
        progress.Metric("tuning.gain", gain.Value);
    }

    /// <summary>A number by item, equal where texts are; -1 where there is no vector.</summary>
    private static int[] Numbers(EmbeddingTable table, string?[] texts)
    {
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        var numbers = new int[texts.Length];
        for (int item = 0; item < texts.Length; item++)
        {
            if (texts[item] is not { } text || !table.Vectors.Row(item).ContainsAnyExcept(0f)) numbers[item] = -1;
            else if (known.TryGetValue(text, out int number)) numbers[item] = number;
            else known.Add(text, numbers[item] = known.Count);
        }
        return numbers;
    }
}
