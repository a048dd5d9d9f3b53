using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train.Graph;

namespace Recsys.Batch.Pipeline.Train.Sequence;

/// <summary>Trains <see cref="SequenceOptions"/>'s ordered co-occurrences, a row of the item graph at a time.</summary>
internal sealed class SequenceTrainer(SequenceOptions options) : ITrainer
{
    public const string Name = "sequence";

    public string Algorithm => Name;

    public SequenceOptions Options { get; } = options;

    /// <exception cref="RunFailedException">The interactions have no times.</exception>
    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        if (interactions.LastSeen is null && interactions.Count > 0)
        {
            throw new RunFailedException(
                "the sequence algorithm needs the time of each pair, which these interactions lack; map a time or position column in ingest, "
                + "or take another Train:Algorithm");
        }
        var ordered = OrderedHistories.Of(interactions);
        var byItem = interactions.ByItem;
        var users = Degrees.ToPower(interactions.ByUser, -Options.UserExponent);
        var source = Degrees.ToPower(byItem, -Options.HistoryExponent);
        var target = Degrees.ToPower(byItem, -Options.ItemExponent);
        var byGap = new float[Options.MaxGap + 1];
        for (int gap = 1; gap <= Options.MaxGap; gap++) byGap[gap] = (float)Math.Pow(Options.GapDecay, gap - 1);
        var edges = ItemRowBuilder.Build(
            interactions.Items,
            Options.Neighbors,
            item => 2L * Options.MaxGap * byItem.RowLength(item),
            context,
            (item, row) =>
            {
                foreach (int user in byItem.RowIndices(item))
                {
                    var history = ordered.HistoryOf(user);
                    var values = ordered.ValuesOf(user);
                    int at = ordered.PositionOf(user, item);
                    for (int other = Math.Max(0, at - Options.MaxGap); other < Math.Min(history.Length, at + Options.MaxGap + 1); other++)
                    {
                        float weight = users[user] * byGap[Math.Abs(other - at)];
                        if (other < at) weight *= (float)Options.BackwardWeight;
                        if (interactions.IsWeighted) weight *= values[at] * values[other];
                        if (weight != 0) row.Add(history[other], weight);
                    }
                }
            },
            (item, other, sum) => source[item] * sum * target[other]);
        context.Progress.Metric("train.sequence.edges", edges.Count);
        return new ItemGraphModel(Name, edges, new HistoryWeighting(interactions.IsWeighted, Options.HistoryDecay));
    }
}
