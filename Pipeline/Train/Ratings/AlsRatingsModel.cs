using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Numerics;
using Recsys.Batch.Pipeline.Stage;

namespace Recsys.Batch.Pipeline.Train.Ratings;

/// <summary>
/// Factors and biases; the score of a pair is the rating that is expected, <c>mu + sigma (b_u + b_i + p_u q_i)</c>, not cut to the scale. A user without
/// ratings is expected to rate as everybody does, and so is an item.
/// </summary>
internal sealed class AlsRatingsModel : IRatingModel
{
    private readonly byte[] _trainedOn;

    /// <param name="users">Rows as <see cref="FoldIn(SparseRows, StageContext)"/> gives them.</param>
    internal AlsRatingsModel(FactorMatrix users, FactorMatrix items, RatingRule rule, byte[] trainedOn)
    {
        Factors = new FactorModel(users, items);
        Rule = rule;
        _trainedOn = trainedOn;
    }

    public string Algorithm => AlsRatingsTrainer.Name;

    public int Items => Factors.Items.Rows;

    /// <summary>Rows as <see cref="RatingColumns"/> says, but that users' are times sigma, with mu in their biases: scores are ratings.</summary>
    public FactorModel Factors { get; }

    public RatingRule Rule { get; }

    /// <summary>Item factors without biases, at unit length; null for biases alone.</summary>
    public EmbeddingTable? ItemEmbeddings
    {
        get
        {
            if (Rule.Options.Rank == 0) return null;
            var rows = new FactorMatrix(Items, Rule.Options.Rank);
            for (int item = 0; item < Items; item++) Factors.Items.Row(item)[..Rule.Options.Rank].CopyTo(rows.Row(item));
            return EmbeddingTable.Normalize(rows);
        }
    }

    public IBlockScorer ScorerFor(InteractionMatrix history, StageContext context)
    {
        HistoryShape.Check(history, Items);
        var ratings = history.Ratings?.Rows ?? new SparseRows(history.Users, history.Items, new int[history.Users + 1], [], []);
        var users = HistoryFingerprint.Of(ratings).AsSpan().SequenceEqual(_trainedOn) ? Factors.Users : FoldIn(ratings, context);
        return new AlsRatingsScorer(users, Factors.Items, ratings, Systems(ratings, Factors.Items, Rule), (float)Rule.Deviation);
    }

    /// <summary>Rows of users by their ratings of the model's items, each the exact solution with the items fixed.</summary>
    public FactorMatrix FoldIn(SparseRows ratings, StageContext context)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(ratings.Columns, Items);
        return FoldIn(ratings, Factors.Items, Rule, context);
    }

    internal static FactorMatrix FoldIn(SparseRows ratings, FactorMatrix items, RatingRule rule, StageContext context)
    {
        var users = new FactorMatrix(ratings.Rows, items.Rank);
        Systems(ratings, items, rule).Solve(users, context);
        for (int user = 0; user < users.Rows; user++)
        {
            var row = users.Row(user);
            foreach (ref float x in row) x *= (float)rule.Deviation;
            row[RatingColumns.UserBias(users)] += (float)rule.Mean;
        }
        return users;
    }

    public void Save(ArtifactWriter to, string name) => to
        .WriteJson(name + ".rule", Rule)
        .Write(name + ".users", Factors.Users)
        .Write(name + ".items", Factors.Items)
        .Write(name + ".trainedOn", _trainedOn);

    public static AlsRatingsModel Load(ArtifactReader from, string name) => new(
        from.ReadFactors(name + ".users"), from.ReadFactors(name + ".items"), from.ReadJson<RatingRule>(name + ".rule"), from.Read<byte>(name + ".trainedOn"));

    private static RatingSystems Systems(SparseRows ratings, FactorMatrix items, RatingRule rule) =>
        new(ratings, items, RatingColumns.ItemBias(items), rule);
}
