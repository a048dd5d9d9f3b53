using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.Tests.Train.Example;

// docs/add-a-trainer.md
/// <summary>Section <c>Train:AlsoBought</c>.</summary>
internal sealed class AlsoBoughtOptions : ITrainerOptions
{
    /// <summary>Customers added to each item's own, so that a share among two of them does not count as much as one among two hundred; 0 to 1,000.</summary>
    public double Shrinkage { get; set; } = 10;

    TrainerDefinition ITrainerOptions.Definition => new(AlsoBoughtTrainer.Name, () => new AlsoBoughtTrainer(this), AlsoBoughtModel.Load);

    public void Validate(OptionsCheck check) => check.InRange(Shrinkage, 0, 1000);
}

/// <summary>What share of an item's customers has the other one too.</summary>
internal sealed class AlsoBoughtTrainer(AlsoBoughtOptions options) : ITrainer
{
    public const string Name = "also-bought";

    public string Algorithm => Name;

    public ITrainedModel Train(InteractionMatrix interactions, StageContext context)
    {
        int items = interactions.Items;
        var shares = new float[items * items];
        for (int user = 0; user < interactions.Users; user++)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            foreach (int one in interactions.ByUser.RowIndices(user))
                foreach (int other in interactions.ByUser.RowIndices(user))
                    if (one != other) shares[one * items + other]++;
        }
        for (int one = 0; one < items; one++)
            for (int other = 0; other < items; other++) shares[one * items + other] /= (float)(interactions.ByItem.RowLength(one) + options.Shrinkage + 1);
        return new AlsoBoughtModel(items, shares);
    }
}

/// <param name="shares">items x items: row of the item that is had, column of the one that is scored.</param>
internal sealed class AlsoBoughtModel(int items, float[] shares) : ITrainedModel
{
    public string Algorithm => AlsoBoughtTrainer.Name;

    public int Items => items;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, items);
        return new Scorer(history, items, shares);
    }

    public void Save(ArtifactWriter to, string name) => to.Write(name + ".shares", shares);

    public static AlsoBoughtModel Load(ArtifactReader from, string name)
    {
        var shares = from.Read<float>(name + ".shares");
        return new AlsoBoughtModel((int)Math.Sqrt(shares.Length), shares);
    }

    /// <summary>Adds up the shares of all that a user has; what each of them adds is the reason that a list gives.</summary>
    private sealed class Scorer(InteractionMatrix history, int items, float[] shares) : IContributionScorer
    {
        public int Users => history.Users;

        public int Items => items;

        public int PreferredPanel => items;

        public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
        {
            for (int u = 0; u < users.Length; u++)
            {
                var row = scores.Slice(u * stride, itemCount);
                row.Clear();
                var has = history.ByUser.RowIndices(users[u]);
                for (int h = 0; h < has.Length; h++)
                    for (int i = 0; i < itemCount; i++) row[i] += Weight(users[u], h) * shares[has[h] * items + firstItem + i];
            }
        }

        public void Contributions(int user, int item, ReadOnlySpan<int> of, Span<float> contributions)
        {
            var has = history.ByUser.RowIndices(user);
            for (int h = 0; h < of.Length; h++)
                contributions[h] = has.BinarySearch(of[h]) is >= 0 and int at ? Weight(user, at) * shares[of[h] * items + item] : 0;
        }

        // Where the configuration says how much events count, it counts here too.
        private float Weight(int user, int at) => history.IsWeighted ? history.ByUser.RowValues(user)[at] : 1;
    }
}
// docs/add-a-trainer.md
