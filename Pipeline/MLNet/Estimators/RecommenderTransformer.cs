using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>
/// A trained model and the histories of the users whom it scores: adds column <c>Score</c>, NaN where a key is missing. It fits into ML.NET's model files; <see
/// cref="RecsysCatalog.RecommenderOf"/>
/// gives it back from a pipeline that was loaded.
/// </summary>
public sealed class RecommenderTransformer : ITransformer
{
    private readonly MLContext _ml;
    private readonly IBlockScorer _scorer;
    private readonly ITransformer _mapping;

    /// <param name="known">A flag an item: whether training saw it.</param>
    internal RecommenderTransformer(MLContext ml, ITrainedModel model, InteractionMatrix histories, bool[] known, RecommenderOptions columns)
    {
        _ml = ml;
        Model = model;
        Histories = histories;
        Known = known;
        Columns = columns.Copy();
        _scorer = model.ScorerFor(histories, columns.Context());
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(columns.MatrixRowIndexColumnName, new KeyDataViewType(typeof(uint), histories.Users));
        schema.AddColumn(columns.MatrixColumnIndexColumnName, new KeyDataViewType(typeof(uint), histories.Items));
        _mapping = ml.Transforms
            .CustomMapping<Cell, Scored>((cell, scored) => scored.Score = ScoreOf(cell.Row, cell.Column), contractName: null, Cell.KeysIn(columns))
            .Fit(new TableView(schema.ToSchema(), 0));
    }

    internal ITrainedModel Model { get; }

    public bool IsRowToRowMapper => true;

    /// <summary>Users x items.</summary>
    internal InteractionMatrix Histories { get; }

    internal bool[] Known { get; }

    internal RecommenderOptions Columns { get; }

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    /// <summary>
    /// The <paramref name="count"/> best items of every user that it has not in <paramref name="seen"/>, exactly. None for a user without a history; no item
    /// that training never saw.
    /// </summary>
    /// <param name="seen">What users have: rows as in training, or the newcomers' where the model is <see cref="FoldIn"/>'s; its key columns name users and
    /// items.</param>
    /// <param name="count">Length of a list, from 1.</param>
    /// <exception cref="ConfigurationException">The keys of <paramref name="seen"/> do not count as many users and items as the model has.</exception>
    public TopRecommendations RecommendTopN(IDataView seen, int count)
    {
        var pairs = LabelledPairs.Read(seen, Columns);
        Columns.RequireCounts(pairs, Histories.Users, Histories.Items);
        return TopRecommendations.Of(_scorer, pairs.ByUser, count, Known, user => Histories.ByUser.RowLength(user) > 0, seen.Schema, Columns);
    }

    /// <summary>
    /// The model for other users, whose histories came after training. ALS solves each user's system against the model's items; EASE and item-kNN score a
    /// history as it is.
    /// </summary>
    /// <param name="histories">Rows of the new users; their keys are a count of their own, those of the items are the model's.</param>
    /// <returns>A transformer over the new users' keys.</returns>
    /// <exception cref="ConfigurationException">The item keys do not count as many items as the model has.</exception>
    public RecommenderTransformer FoldIn(IDataView histories)
    {
        var pairs = LabelledPairs.Read(histories, Columns);
        Columns.RequireItems(pairs, Histories.Items);
        return new RecommenderTransformer(_ml, Model, pairs, Known, Columns);
    }

    /// <param name="row">The user's key, from 1; 0 is missing.</param>
    /// <param name="column">The item's key, from 1; 0 is missing.</param>
    internal float ScoreOf(uint row, uint column)
    {
        if (row == 0 || row > _scorer.Users || column == 0 || column > _scorer.Items) return float.NaN;
        float score = 0;
        _scorer.Score([(int)row - 1], (int)column - 1, 1, new Span<float>(ref score), 1);
        return score;
    }

    void ICanSaveModel.Save(ModelSaveContext ctx) => SavedRecommender.Of(this, _ml).Save(ctx);
}
