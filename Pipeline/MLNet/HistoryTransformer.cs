using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Train;

namespace Recsys.Batch.Pipeline.MLNet;

/// <summary>
/// A trained model with the histories that it scores: adds column <c>Score</c>, NaN where a key is missing. Rows of one user should stand together, for a user's scores are made all at once.
/// </summary>
public sealed class HistoryTransformer : ITransformer
{
    private readonly ITransformer _mapping;

    internal HistoryTransformer(ITrainedModel model, InteractionMatrix histories, DataViewSchema schema, RecommenderOptions options)
    {
        Model = model;
        Histories = histories;
        Options = options;
        Scorer = model.ScorerFor(histories, options.Context());
        var input = SchemaDefinition.Create(typeof(Cell));
        Bind(input[nameof(Cell.Row)], options.MatrixRowIndexColumnName, schema);
        Bind(input[nameof(Cell.Column)], options.MatrixColumnIndexColumnName, schema);
        var scorer = Scorer;
        // A pipeline may be read by many threads, each with its own user at hand.
        var ofThread = new ThreadLocal<UserScores>(() => new UserScores(scorer));
        var ml = new MLContext();
        _mapping = ml.Transforms.CustomMapping<Cell, Scored>((cell, scored) => scored.Score = ofThread.Value!.Of(cell.Row, cell.Column), contractName: null, input)
            .Fit(new TableView(schema, 0));
    }

    public ITrainedModel Model { get; }

    internal InteractionMatrix Histories { get; }

    internal IBlockScorer Scorer { get; }

    internal RecommenderOptions Options { get; }

    public bool IsRowToRowMapper => true;

    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => _mapping.GetOutputSchema(inputSchema);

    public IDataView Transform(IDataView input) => _mapping.Transform(input);

    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => _mapping.GetRowToRowMapper(inputSchema);

    /// <summary>ML.NET's model files take transformers of its own alone; <see cref="TrainedModels.Save"/> keeps <see cref="Model"/> in an artifact.</summary>
    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw new NotSupportedException($"a {Model.Algorithm} model does not fit into an ML.NET model file, which knows factors alone; keep it with TrainedModels.Save, or train ImplicitAls");

    private static void Bind(SchemaDefinition.Column column, string name, DataViewSchema schema)
    {
        column.ColumnName = name;
        column.ColumnType = schema[name].Type;
    }

    private sealed class Cell
    {
        public uint Row { get; set; }

        public uint Column { get; set; }
    }

    private sealed class Scored
    {
        public float Score { get; set; }
    }

    private sealed class UserScores(IBlockScorer scorer)
    {
        private readonly float[] _scores = new float[scorer.Items];
        private int _user = -1;

        /// <param name="row">From 1; 0 is missing.</param>
        /// <param name="column">From 1; 0 is missing.</param>
        public float Of(uint row, uint column)
        {
            if (row == 0 || row > scorer.Users || column == 0 || column > scorer.Items) return float.NaN;
            int user = (int)row - 1;
            if (user != _user)
            {
                _user = -1;
                scorer.Score([user], 0, scorer.Items, _scores, scorer.Items);
                _user = user;
            }
            return _scores[column - 1];
        }
    }
}
