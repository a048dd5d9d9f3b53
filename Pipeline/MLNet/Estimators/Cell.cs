using Microsoft.ML;
using Microsoft.ML.Data;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>
/// A row of the data as this project reads it: the keys of a user and an item, which count from 1, 0 where they are missing, and in training the label.
/// </summary>
internal sealed class Cell
{
    public uint Row { get; set; }

    public uint Column { get; set; }

    public float Label { get; set; }

    /// <summary>The columns of the data that scoring reads.</summary>
    public static SchemaDefinition KeysIn(RecommenderOptions columns)
    {
        var definition = Of(columns);
        definition.RemoveAll(column => column.MemberName == nameof(Label));
        return definition;
    }

    /// <summary>
    /// The shape of data with <c>Score</c>, where <paramref name="input"/> has all that training reads. ML.NET's own check of a mapping's columns says what is
    /// missing.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of another type.</exception>
    public static SchemaShape ShapeOf(MLContext ml, RecommenderOptions columns, SchemaShape input) =>
        ml.Transforms.CustomMapping<Cell, Scored>((_, _) => { }, contractName: null, Of(columns)).GetOutputSchema(input);

    private static SchemaDefinition Of(RecommenderOptions columns)
    {
        var definition = SchemaDefinition.Create(typeof(Cell));
        // Keys of any count: what is told apart here is a key and a number.
        Bind(nameof(Row), columns.MatrixRowIndexColumnName, new KeyDataViewType(typeof(uint), 1));
        Bind(nameof(Column), columns.MatrixColumnIndexColumnName, new KeyDataViewType(typeof(uint), 1));
        Bind(nameof(Label), columns.LabelColumnName, NumberDataViewType.Single);
        return definition;

        void Bind(string member, string name, DataViewType type)
        {
            var column = definition.Single(c => c.MemberName == member);
            column.ColumnName = name;
            column.ColumnType = type;
        }
    }
}

/// <summary>What scoring adds to a row.</summary>
internal sealed class Scored
{
    public float Score { get; set; }
}
