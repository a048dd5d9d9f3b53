using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Graph;

/// <summary>Trains <see cref="GraphFilterOptions"/>'s filter: one sparse product of the interactions with themselves, no iterations.</summary>
internal sealed class GraphFilterTrainer(GraphFilterOptions options) : ITrainer
{
    public const string Name = "graph-filter";

    public string Algorithm => Name;

    public GraphFilterOptions Options { get; } = options;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        var byUser = interactions.ByUser;
        var byItem = interactions.ByItem;
        var witness = Degrees.ToPower(byUser, -Options.UserExponent);
        var source = Degrees.ToPower(byItem, -Options.HistoryExponent);
        var target = Degrees.ToPower(byItem, -Options.ItemExponent);
        double power = Options.Power;
        bool weighted = Options.UseWeights ?? interactions.IsWeighted;
        var edges = ItemRowBuilder.Build(
            interactions.Items,
            Options.Neighbors,
            Reach,
            context,
            (item, row) =>
            {
                var users = byItem.RowIndices(item);
                var weights = byItem.RowValues(item);
                for (int k = 0; k < users.Length; k++)
                {
                    int user = users[k];
                    float scale = weighted ? witness[user] * weights[k] : witness[user];
                    row.Add(byUser.RowIndices(user), weighted ? byUser.RowValues(user) : [], scale);
                }
            },
            (item, other, sum) => source[item] * (power == 1 ? sum : MathF.Pow(sum, (float)power)) * target[other]);
        context.Progress.Metric("train.graph-filter.edges", edges.Count);
        return new ItemGraphModel(Name, edges, new HistoryWeighting(weighted, Options.HistoryDecay));

        long Reach(int item)
        {
            long reach = 0;
            foreach (int user in byItem.RowIndices(item)) reach += byUser.RowLength(user) - 1;
            return reach;
        }
    }
}
