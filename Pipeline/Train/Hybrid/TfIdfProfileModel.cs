using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Hybrid;

/// <summary>Items' terms. The score of item j for the history H is the mean cosine of j's text with those of H,
/// weighted where the configuration states weights of events.</summary>
internal sealed class TfIdfProfileModel : ITrainedModel
{
    private readonly SparseRows _items;

    /// <param name="items">items x terms, rows of unit length.</param>
    internal TfIdfProfileModel(SparseRows items) => _items = items;

    public string Algorithm => TfIdfProfileTrainer.Name;

    public int Items => _items.Rows;

    public EmbeddingTable? ItemEmbeddings => null;

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        return new TfIdfProfileScorer(new HistoryWeighting(history.IsWeighted, 1).Of(history), _items);
    }

    public void Save(ArtifactWriter to, string name) => to.Write(name + ".items", _items);

    public static TfIdfProfileModel Load(ArtifactReader from, string name) => new(from.ReadSparseRows(name + ".items"));
}

/// <summary>A user's profile is made dense for the time of a panel, and each item's terms are looked up in it.</summary>
/// <param name="histories">Values are the weights of the pairs, 1 where all count alike.</param>
internal sealed class TfIdfProfileScorer(SparseRows histories, SparseRows items) : IContributionScorer
{
    [ThreadStatic]
    private static float[]? _profile;

    public int Users => histories.Rows;

    public int Items => items.Rows;

    public int PreferredPanel => Math.Max(1, items.Rows);

    public void Score(ReadOnlySpan<int> users, int firstItem, int itemCount, Span<float> scores, int stride)
    {
        if (_profile is null || _profile.Length < items.Columns) _profile = new float[items.Columns];
        var profile = _profile;
        for (int u = 0; u < users.Length; u++)
        {
            var history = histories.RowIndices(users[u]);
            var weights = histories.RowValues(users[u]);
            float total = Total(weights);
            for (int h = 0; h < history.Length; h++)
            {
                var terms = items.RowIndices(history[h]);
                var values = items.RowValues(history[h]);
                float share = weights[h] / total;
                for (int k = 0; k < terms.Length; k++) profile[terms[k]] += share * values[k];
            }
            for (int i = 0; i < itemCount; i++)
            {
                var terms = items.RowIndices(firstItem + i);
                var values = items.RowValues(firstItem + i);
                float sum = 0;
                for (int k = 0; k < terms.Length; k++) sum += values[k] * profile[terms[k]];
                scores[u * stride + i] = sum;
            }
            foreach (int item in history)
                foreach (int term in items.RowIndices(item)) profile[term] = 0;
        }
    }

    public void Contributions(int user, int item, ReadOnlySpan<int> history, Span<float> contributions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(contributions.Length, history.Length);
        var all = histories.RowIndices(user);
        var weights = histories.RowValues(user);
        float total = Total(weights);
        for (int h = 0; h < history.Length; h++)
        {
            int at = all.BinarySearch(history[h]);
            contributions[h] = at < 0 ? 0 : weights[at] / total * Cosine(history[h], item);
        }
    }

    private static float Total(ReadOnlySpan<float> weights)
    {
        float total = 0;
        foreach (float weight in weights) total += weight;
        return total;
    }

    private float Cosine(int a, int b)
    {
        var left = items.RowIndices(a);
        var right = items.RowIndices(b);
        float sum = 0;
        for (int i = 0, j = 0; i < left.Length && j < right.Length;)
        {
            if (left[i] == right[j]) sum += items.RowValues(a)[i++] * items.RowValues(b)[j++];
            else if (left[i] < right[j]) i++;
            else j++;
        }
        return sum;
    }
}
