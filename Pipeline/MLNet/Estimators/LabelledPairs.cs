using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Recsys.Batch.Pipeline.Data;
using Recsys.Batch.Pipeline.Errors;

namespace Recsys.Batch.Pipeline.MLNet.Estimators;

/// <summary>Reads the triplets of an <see cref="IDataView"/> as interactions.</summary>
internal static class LabelledPairs
{
    /// <summary>
    /// Keys count from 1 there and from 0 here. A row whose user, item or label is missing (key 0, NaN) is left out, as ML.NET's trainer does, and so is a
    /// label of 0; labels of one pair are summed.
    /// </summary>
    /// <exception cref="RunFailedException">A label is negative or infinite.</exception>
    /// <exception cref="ConfigurationException">A column is missing or of another type.</exception>
    public static InteractionMatrix Read(IDataView data, RecommenderOptions options)
    {
        var row = Key(data.Schema, options.MatrixRowIndexColumnName, out int rows);
        var column = Key(data.Schema, options.MatrixColumnIndexColumnName, out int columns);
        var label = Find(data.Schema, options.LabelColumnName);
        if (label.Type != NumberDataViewType.Single)
            throw new ConfigurationException(
                $"column '{label.Name}' is of type {label.Type}; expected Single: convert it with Transforms.Conversion.ConvertType");
        List<int> users = [], items = [];
        List<float> values = [];
        uint user = 0, item = 0;
        float value = 0;
        using var cursor = data.GetRowCursor([row, column, label]);
        var getUser = cursor.GetGetter<uint>(row);
        var getItem = cursor.GetGetter<uint>(column);
        var getValue = cursor.GetGetter<float>(label);
        while (cursor.MoveNext())
        {
            getUser(ref user);
            getItem(ref item);
            getValue(ref value);
            if (user == 0 || user > rows || item == 0 || item > columns || float.IsNaN(value) || value == 0) continue;
            if (value < 0 || float.IsInfinity(value))
                throw new RunFailedException(string.Create(
                    CultureInfo.InvariantCulture,
                    $"row {cursor.Position} has the label {value} in column '{label.Name}'; expected how much the user took of the item, a number from 0: "
                    + $"filter or shift the labels"));
            users.Add((int)user - 1);
            items.Add((int)item - 1);
            values.Add(value);
        }
        return new InteractionMatrix(SparseRows.FromTriplets(rows, columns, [.. users], [.. items], [.. values]));
    }

    public static DataViewSchema.Column Key(DataViewSchema schema, string name, out int count)
    {
        var column = Find(schema, name);
        if (column.Type is not KeyDataViewType { Count: > 0 and <= int.MaxValue } key || key.RawType != typeof(uint))
            throw new ConfigurationException(
                $"column '{name}' is of type {column.Type}; expected a key of type UInt32 whose count is known: "
                + "make one with Transforms.Conversion.MapValueToKey");
        count = (int)key.Count;
        return column;
    }

    private static DataViewSchema.Column Find(DataViewSchema schema, string name) => schema.GetColumnOrNull(name)
        ?? throw new ConfigurationException($"there is no column '{name}'; expected one of {string.Join(", ", schema.Select(c => c.Name))}");
}
