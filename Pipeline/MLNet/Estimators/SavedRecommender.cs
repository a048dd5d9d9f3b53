using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>
/// A recommender as ML.NET's model files can hold it. How a class of one's own is read from such a file is internal to ML.NET; what is public is a custom
/// mapping, which is saved as the name of its
/// function and of the assembly that has it. So a recommender is saved as a chain of ML.NET's transformers: one adds a constant, a value map turns it into the
/// model, as text, and ours
/// scores by it. <c>ml.Model.Load</c> finds the assembly by itself; the program needs it beside it, and to call nothing.
/// </summary>
internal static class SavedRecommender
{
    private const string Row = "Recsys.Row", Column = "Recsys.Column", Number = "Recsys.Number", Text = "Recsys.Model";

    /// <summary>The names stand in files: another meaning is another name.</summary>
    private const string NumberContract = "Recsys.Batch.ModelNumber.1", ScoreContract = "Recsys.Batch.Score.1";

    // By the string in the transformer that was loaded: the model is read once, and goes with it.
    private static readonly ConditionalWeakTable<object, RecommenderTransformer> s_read = [];

    public static ITransformer Of(RecommenderTransformer recommender, MLContext ml)
    {
        var columns = recommender.Columns;
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(columns.MatrixRowIndexColumnName, new KeyDataViewType(typeof(uint), recommender.Histories.Users));
        schema.AddColumn(columns.MatrixColumnIndexColumnName, new KeyDataViewType(typeof(uint), recommender.Histories.Items));
        return ml.Transforms.CopyColumns(Row, columns.MatrixRowIndexColumnName)
            .Append(ml.Transforms.CopyColumns(Column, columns.MatrixColumnIndexColumnName))
            .Append(ml.Transforms.CustomMapping(new NumberFactory().GetMapping(), NumberContract))
            .Append(ml.Transforms.Conversion.MapValue(Text, [KeyValuePair.Create(0u, RecommenderText.Write(recommender))], Number))
            .Append(ml.Transforms.CustomMapping(new ScoreFactory().GetMapping(), ScoreContract))
            .Append(ml.Transforms.DropColumns(Row, Column, Number, Text))
            .Fit(new TableView(schema.ToSchema(), 0));
    }

    /// <summary>The recommender that <paramref name="chain"/> is; null where it is none.</summary>
    public static RecommenderTransformer? In(IEnumerable<ITransformer> chain, MLContext ml)
    {
        if (!chain.Any(t => t is CustomMappingTransformer<ModelCell, Scored>)) return null;
        var one = ml.Data.LoadFromEnumerable([new Numbered()]);
        return Read(chain.OfType<ValueMappingTransformer>().Single().Transform(one).GetColumn<ReadOnlyMemory<char>>(Text).Single());
    }

    private static RecommenderTransformer Read(ReadOnlyMemory<char> text)
    {
        object owner = MemoryMarshal.TryGetString(text, out string? whole, out _, out _) ? whole
            : MemoryMarshal.TryGetArray(text, out var part) ? part.Array!
            : throw new InvalidOperationException("the text of the model is neither a string nor an array");
        return s_read.GetValue(owner, _ => RecommenderText.Read(text.Span));
    }

    /// <summary>The column from which the value map makes the model: 0 in every row.</summary>
    internal sealed class Numbered
    {
        [ColumnName(SavedRecommender.Number)]
        public uint Number { get; set; }
    }

    internal sealed class UserKey
    {
        [KeyType(uint.MaxValue), ColumnName(SavedRecommender.Row)]
        public uint Row { get; set; }
    }

    internal sealed class ModelCell
    {
        [KeyType(uint.MaxValue), ColumnName(SavedRecommender.Row)]
        public uint Row { get; set; }

        [KeyType(uint.MaxValue), ColumnName(SavedRecommender.Column)]
        public uint Column { get; set; }

        [ColumnName(Text)]
        public ReadOnlyMemory<char> Model { get; set; }
    }

    [CustomMappingFactoryAttribute(NumberContract)]
    internal sealed class NumberFactory : CustomMappingFactory<UserKey, Numbered>
    {
        public override Action<UserKey, Numbered> GetMapping() => (_, to) => to.Number = 0;
    }

    [CustomMappingFactoryAttribute(ScoreContract)]
    internal sealed class ScoreFactory : CustomMappingFactory<ModelCell, Scored>
    {
        public override Action<ModelCell, Scored> GetMapping() => (cell, to) => to.Score = Read(cell.Model).ScoreOf(cell.Row, cell.Column);
    }
}
